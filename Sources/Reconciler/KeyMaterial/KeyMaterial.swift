import Certificates
import KubernetesTypes
import Routing

/// What Secrets and ConfigMaps hold for TLS. Each is read once for as long as it does not change, and only if something
/// refers to it. Lives as long as one call of `reconcile`; what it read lives in the `Memo`.
final class KeyMaterial {
    private(set) var table: Table
    private let state: ClusterState

    /// What was read, with the object that it was read from.
    struct Table: Sendable {
        fileprivate var keyPairs: [ObjectName: Entry<Secret, KeyPair>] = [:]
        fileprivate var secretAuthorities: [ObjectName: Entry<Secret, CertificateAuthorities>] = [:]
        fileprivate var configMapAuthorities: [ObjectName: Entry<ConfigMap, CertificateAuthorities>] = [:]

        /// Forgets what is gone; that an object changed is seen without.
        mutating func removeMissing(in state: ClusterState) {
            keyPairs = keyPairs.filter { state.secrets[$0.key] != nil }
            secretAuthorities = secretAuthorities.filter { state.secrets[$0.key] != nil }
            configMapAuthorities = configMapAuthorities.filter { state.configMaps[$0.key] != nil }
        }
    }

    fileprivate struct Entry<Object: KubernetesObject, Content: Sendable>: Sendable {
        let source: Stored<Object>
        let result: Result<Content, Unusable>
    }

    /// Why an object cannot be used. Never contains anything of what it holds.
    struct Unusable: Error, Hashable {
        var message: String
        var help: String
    }

    init(_ table: Table, _ state: ClusterState) {
        self.table = table
        self.state = state
    }

    /// The certificate of a `kubernetes.io/tls` Secret; nil when there is no such Secret.
    func keyPair(_ name: ObjectName) -> Result<KeyPair, Unusable>? {
        guard let secret = state.secrets.stored(name) else { return nil }
        if let entry = table.keyPairs[name], entry.source === secret { return entry.result }
        let result = Result { () throws(Unusable) in try KeyPair(secret.object, name) }
        table.keyPairs[name] = Entry(source: secret, result: result)
        return result
    }

    /// `ca.crt` of a Secret; nil when there is no such Secret.
    func authorities(secret name: ObjectName) -> Result<CertificateAuthorities, Unusable>? {
        guard let secret = state.secrets.stored(name) else { return nil }
        if let entry = table.secretAuthorities[name], entry.source === secret { return entry.result }
        let result = Result { () throws(Unusable) in
            try CertificateAuthorities(secret.object.data[CertificateAuthorities.key]?.bytes, of: "Secret \(name)")
        }
        table.secretAuthorities[name] = Entry(source: secret, result: result)
        return result
    }

    /// `ca.crt` of a ConfigMap; nil when there is no such ConfigMap.
    func authorities(configMap name: ObjectName) -> Result<CertificateAuthorities, Unusable>? {
        guard let configMap = state.configMaps.stored(name) else { return nil }
        if let entry = table.configMapAuthorities[name], entry.source === configMap { return entry.result }
        let result = Result { () throws(Unusable) in
            let key = CertificateAuthorities.key
            let bytes = configMap.object.data[key].map { Array($0.utf8) } ?? configMap.object.binaryData[key]
            return try CertificateAuthorities(bytes, of: "ConfigMap \(name)")
        }
        table.configMapAuthorities[name] = Entry(source: configMap, result: result)
        return result
    }
}

/// A certificate to show to others.
struct KeyPair: Sendable, Hashable {
    /// For the data plane.
    let content: CertificateKeyPair
    /// The first of the chain.
    let certificate: CertificateFacts
    /// What of the Secret has no effect: a sentence.
    let note: String?

    /// An OCSP response to staple, if there is one.
    private static let stapleKey = "tls.ocsp-staple"

    init(_ secret: Secret, _ name: ObjectName) throws(KeyMaterial.Unusable) {
        guard let chain = secret.data["tls.crt"]?.bytes, let key = secret.data["tls.key"]?.bytes else {
            let missing = secret.data["tls.crt"] == nil ? "tls.crt" : "tls.key"
            throw KeyMaterial.Unusable(
                message: "Secret \(name) has no \(missing).", help: "It must have tls.crt and tls.key.")
        }
        do throws(KeyPairFacts.Problem) {
            certificate = try KeyPairFacts(chain: chain, privateKey: key).certificate
        } catch {
            switch error {
            case .certificate(let problem):
                throw KeyMaterial.Unusable(
                    message: "tls.crt of Secret \(name) cannot be used: \(problem).",
                    help: "It must be a certificate chain in PEM form, the server's own certificate first.")
            case .privateKey(let problem):
                throw KeyMaterial.Unusable(
                    message: "tls.key of Secret \(name) cannot be used: \(problem).",
                    help: "It must be the private key of the first certificate in tls.crt, in PEM form.")
            }
        }
        let staple = secret.data[Self.stapleKey]?.bytes ?? []
        let isUsable = staple.isEmpty || OCSPStaple.isSuccessful(staple)
        content = CertificateKeyPair(
            chain: chain, privateKey: PrivateKeyBytes(key), ocspResponse: isUsable ? staple : [])
        note = isUsable ? nil : "\(Self.stapleKey) of Secret \(name) is not a successful OCSP response in DER form."
    }
}

/// Certificates that others' certificates are checked with.
struct CertificateAuthorities: Sendable, Hashable {
    /// Where Secrets and ConfigMaps have them.
    static let key = "ca.crt"

    /// PEM.
    let pem: [UInt8]

    /// - Parameter object: kind and name.
    init(_ bytes: [UInt8]?, of object: String) throws(KeyMaterial.Unusable) {
        guard let bytes else { throw KeyMaterial.Unusable(message: "\(object) has no \(Self.key).", help: "Add it.") }
        do throws(CertificateFacts.Unreadable) {
            _ = try CertificateFacts.all(pem: bytes)
        } catch {
            throw KeyMaterial.Unusable(
                message: "\(Self.key) of \(object) cannot be used: \(error).",
                help: "It must be one or more certificates in PEM form.")
        }
        pem = bytes
    }
}
