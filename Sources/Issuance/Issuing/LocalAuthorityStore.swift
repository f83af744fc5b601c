import CertManager
import Certificates
import Foundation
import Glibc
package import KubernetesTypes

/// Keeps the private CA of `--local-ca`: made once, for ten years, and found again by every later run.
package struct LocalAuthorityStore: Sendable {
    private static let life = GoDuration.hours(10 * 365 * 24)

    private let state: StateDirectory

    package init(_ state: StateDirectory) {
        self.state = state
    }

    /// What clients are to trust: PEM, for everybody to read.
    package var certificatePath: String { "\(state.path)/ca/ca.crt" }
    private var keyPath: String { "\(state.path)/ca/ca.key" }

    /// `$XDG_STATE_HOME/weir`, `~/.local/state/weir` (XDG Base Directory Specification); nil without a home.
    package static var standardPath: String? {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return "\(base)/weir" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.local/state/weir" : nil }
    }

    /// The CA as a Secret. A CA that is there and cannot be used is an error, not replaced: clients trust it.
    package func load() throws(StateDirectory.Failure) -> Secret {
        let (certificate, key) = (try state.read(certificatePath), try state.read(keyPath))
        if let certificate, let key { return try checked(certificate, SecretBytes(key)) }
        guard certificate == nil, key == nil else {
            throw StateDirectory.Failure(
                description:
                    "\(state.path)/ca has only one of ca.crt and ca.key. Restore the other one, or take it away.")
        }
        return try make()
    }

    private func checked(_ certificate: [UInt8], _ key: SecretBytes) throws(StateDirectory.Failure) -> Secret {
        do throws(CertificateFacts.Unreadable) {
            let authority = try LocalSigner.Authority(certificate: certificate, key: key)
            guard authority.notAfter.secondsSince1970 > Int64(time(nil)) else {
                throw CertificateFacts.Unreadable(description: "it has expired")
            }
        } catch {
            throw StateDirectory.Failure(
                description: "The CA in \(state.path)/ca cannot be used: \(error.description). "
                    + "Take ca.crt and ca.key away for a new one.")
        }
        return Self.secret(certificate, key)
    }

    private func make() throws(StateDirectory.Failure) -> Secret {
        let made: (certificate: [UInt8], key: SecretBytes)
        do {
            let key = try PrivateKey(CertificatePrivateKeySpec(algorithm: .ecdsa))
            let spec = CertificateSpec(
                secretName: "ca", issuerRef: LocalAuthority.reference,
                commonName: "Weir local CA \(Self.hostname.prefix(40))",
                subject: CertificateSubject(organizations: ["Weir local CA"]), duration: Self.life,
                usages: [.certSign, .crlSign], isCA: true)
            let now = Timestamp(secondsSince1970: Int64(time(nil)) - 60)
            made = (Array(try LocalSigner.selfSigned(spec, key: key, now: now).certificate.utf8), key.pem)
        } catch {
            throw StateDirectory.Failure(description: "The local CA cannot be made: \(error).")
        }
        try state.write(made.key.bytes, to: keyPath)
        try state.write(made.certificate, to: certificatePath, isSecret: false)
        return Self.secret(made.certificate, made.key)
    }

    /// So that several CAs can be told apart in a list of trusted ones.
    private static var hostname: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func secret(_ certificate: [UInt8], _ key: SecretBytes) -> Secret {
        let name = LocalAuthority.secret
        return Secret(
            metadata: ObjectMeta(name: name.name, namespace: name.namespace), type: "kubernetes.io/tls",
            data: ["tls.crt": SecretBytes(certificate), "tls.key": key])
    }
}
