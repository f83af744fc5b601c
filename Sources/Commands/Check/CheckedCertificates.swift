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
            certificates[decoded.key] = read(certificate, key: secret.data["tls.key"]?.bytes ?? [])
        }
        return certificates
    }

    private static func read(_ certificate: [UInt8], key: [UInt8]) -> CertificateValidity {
        do throws(CertificateFacts.Unreadable) {
            let facts = try CertificateFacts(pem: certificate)
            return CertificateValidity(
                names: facts.names, notBefore: Timestamp(secondsSince1970: facts.notBefore),
                notAfter: Timestamp(secondsSince1970: facts.notAfter), keyMatches: facts.matches(privateKeyPEM: key))
        } catch {
            return CertificateValidity(failure: error.description)
        }
    }
}
