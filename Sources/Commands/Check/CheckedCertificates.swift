import Certificates
import KubernetesTypes
import Manifests
import Reconciler

/// What the TLS Secrets of manifests hold, for the lints.
enum CheckedCertificates {
    static func read(_ snapshot: ManifestSnapshot) -> [ObjectKey: CertificateValidity] {
        var certificates: [ObjectKey: CertificateValidity] = [:]
        for decoded in snapshot.objects {
            guard case .secret(let secret) = decoded.object, let certificate = secret.data["tls.crt"]?.bytes else {
                continue
            }
            // Reconciling reports what cannot be read.
            guard let facts = try? CertificateFacts(pem: certificate) else { continue }
            certificates[decoded.key] = CertificateValidity(
                names: facts.names, notBefore: Timestamp(secondsSince1970: facts.notBefore),
                notAfter: Timestamp(secondsSince1970: facts.notAfter))
        }
        return certificates
    }
}
