import KubernetesTypes
import Routing

/// `options` of a listener's `tls` or of a BackendTLSPolicy. Keys that begin with `gateway.weir.dev/` are ours: what
/// they say is done or refused, never passed over. Those of others have no effect.
struct TLSOptionsTranslation {
    static let prefix = "gateway.weir.dev/"
    static let minimumVersionKey = prefix + "min-tls-version"
    static let cipherSuitesKey = prefix + "cipher-suites"

    private(set) var options = TLSOptions()
    /// The first value that cannot be had.
    private(set) var problem: Finding?
    /// What has no effect.
    private(set) var notes: [Finding] = []

    /// - Parameter path: of the map.
    init(_ texts: [String: String], at path: FieldPath) {
        // In a stable order.
        for (key, value) in texts.sorted(by: { $0.key < $1.key }) {
            let place = path.key(key)
            switch key {
            case Self.minimumVersionKey: readVersion(value, at: place)
            case Self.cipherSuitesKey: readCipherSuites(value, at: place)
            case _ where key.hasPrefix(Self.prefix):
                let known = [Self.minimumVersionKey, Self.cipherSuitesKey]
                fail(
                    .tlsOption, at: place, "There is no option \(key).",
                    help: "There are \(Wording.list(known)).")
            default:
                notes.append(
                    Finding(
                        .foreignTLSOption, place,
                        "The option \(key) is for another implementation; it has no effect here.",
                        severity: .note))
            }
        }
        if options.minimumVersion == .tls13, !options.cipherSuites.isEmpty {
            notes.append(
                Finding(
                    .uselessCipherSuites, path.key(Self.cipherSuitesKey),
                    "The cipher suites are for TLS 1.2, which is not allowed here: they have no effect.",
                    help: "Those of TLS 1.3 cannot be chosen.", severity: .warning))
        }
    }

    private mutating func readVersion(_ text: String, at path: FieldPath) {
        switch text {
        case "1.2": options.minimumVersion = .tls12
        case "1.3": options.minimumVersion = .tls13
        case "1.0", "1.1":
            fail(
                .tlsOption, at: path, "TLS \(text) is not spoken (RFC 8996).", help: "Write \"1.2\" or \"1.3\".")
        default:
            fail(.tlsOption, at: path, "The value is not a TLS version.", help: "Write \"1.2\" or \"1.3\".")
        }
    }

    private mutating func readCipherSuites(_ text: String, at path: FieldPath) {
        let names = text.split { ",: ".contains($0) }.map(String.init)
        var suites: [String] = []
        for name in names {
            guard let suite = CipherSuiteName.all[name.uppercased()] else {
                let isLater = name.uppercased().hasPrefix("TLS_") && !name.uppercased().contains("_WITH_")
                fail(
                    .tlsOption, at: path,
                    isLater ? "Cipher suites of TLS 1.3 cannot be chosen." : "A cipher suite is not known here.",
                    help: "Write some of \(Wording.list(CipherSuiteName.openSSLNames)).")
                return
            }
            if !suites.contains(suite) { suites.append(suite) }
        }
        if suites.isEmpty {
            fail(
                .tlsOption, at: path, "The option names no cipher suite.",
                help: "Leave it out for the default, or write some of \(Wording.list(CipherSuiteName.openSSLNames)).")
        }
        options.cipherSuites = suites
    }

    private mutating func fail(_ code: DiagnosticCode, at path: FieldPath, _ message: String, help: String) {
        if problem == nil { problem = Finding(code, path, message, help: help) }
    }
}

/// The cipher suites of TLS 1.2 that can be chosen: those with forward secrecy.
private enum CipherSuiteName {
    /// In the order of the default, then those that only old clients need.
    static let openSSLNames = names.map(\.openSSL)

    /// By both names, OpenSSL's and IANA's: OpenSSL's.
    static let all: [String: String] = Dictionary(
        names.flatMap { [($0.openSSL, $0.openSSL), ($0.iana, $0.openSSL)] }, uniquingKeysWith: { first, _ in first })

    private static let names: [(openSSL: String, iana: String)] = [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
        ("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        ("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
        ("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    ]
}
