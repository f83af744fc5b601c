import Glibc
import TLS

/// The machine's own CA certificates, for `wellKnownCACertificates: System`: the file that `SSL_CERT_FILE` names, else the
/// bundle of the distribution. Read when first needed.
struct SystemRoots {
    /// Where distributions keep their bundles.
    private static let bundles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    private let paths: [String]
    private var loaded: TLSClientContext.SystemRoots?

    init() {
        if let path = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !path.isEmpty {
            paths = [path]
        } else {
            paths = Self.bundles
        }
    }

    mutating func load() throws(TLSConfigurationError) -> TLSClientContext.SystemRoots {
        if let loaded { return loaded }
        for path in paths {
            guard let bundle = Self.read(path) else { continue }
            let roots = try TLSClientContext.SystemRoots(bundle: bundle)
            loaded = roots
            return roots
        }
        throw TLSConfigurationError("the machine has no bundle of CA certificates")
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&part, 1, part.count, file)
            guard count > 0 else { break }
            content += part[..<count]
            // No bundle is that large; a device might be.
            guard content.count < 64 << 20 else { return nil }
        }
        return content.isEmpty ? nil : content
    }
}
