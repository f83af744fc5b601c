internal import CNIOBoringSSL
internal import CNIOBoringSSLShims

/// The names a certificate is for (RFC 5280 section 4.2.1.6).
struct SubjectAltNames {
    /// DNS names in lower case.
    private(set) var hostnames: [String] = []
    private(set) var uris: [String] = []

    init(of certificate: OpaquePointer) {
        guard let extensions = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            ERR_clear_error()
            return
        }
        let names = OpaquePointer(extensions)
        defer { GENERAL_NAMES_free(names) }
        for index in 0..<CNIOBoringSSLShims_sk_GENERAL_NAME_num(names) {
            guard let name = CNIOBoringSSLShims_sk_GENERAL_NAME_value(names, index) else { continue }
            switch name.pointee.type {
            case GEN_DNS: hostnames.append(Self.text(name.pointee.d.dNSName).lowercased())
            case GEN_URI: uris.append(Self.text(name.pointee.d.uniformResourceIdentifier))
            default: break
            }
        }
    }

    private static func text(_ string: UnsafeMutablePointer<ASN1_IA5STRING>?) -> String {
        guard let string, let bytes = ASN1_STRING_get0_data(string) else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(string))), as: UTF8.self)
    }

    /// Whether one of the certificate's DNS names, wildcards included (RFC 6125 section 6.4.3), is for `hostname`; a
    /// pattern such as `*.example.com` is met by any name with one label more, or by the same pattern.
    func match(hostname pattern: String) -> Bool {
        let pattern = pattern.lowercased()
        return hostnames.contains { name in
            // Text that is not ASCII could be equal to Swift without being the same bytes.
            guard name.utf8.allSatisfy({ $0 < 128 }) else { return false }
            if name == pattern { return true }
            if pattern.hasPrefix("*.") { return Self.isOneLabel(name, before: pattern.dropFirst()) }
            return name.hasPrefix("*.") && Self.isOneLabel(pattern, before: name.dropFirst())
        }
    }

    /// Whether `name` is one label in front of `suffix`, which begins with a dot.
    private static func isOneLabel(_ name: String, before suffix: Substring) -> Bool {
        guard name.hasSuffix(suffix), name.count > suffix.count else { return false }
        let label = name.dropLast(suffix.count)
        return !label.contains(".") && !label.contains("*")
    }
}
