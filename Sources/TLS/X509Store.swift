internal import CNIOBoringSSL
internal import CNIOBoringSSLShims

/// Authorities that certificates are checked against.
///
/// Authorities of the same name stand in stores of their own: within one store a chain is built by names, and the wrong
/// one of two namesakes would be taken.
final class X509Store: @unchecked Sendable {
    // `@unchecked Sendable`: never changed after `init`; verification only reads, and counts references atomically.
    private var stores: [OpaquePointer] = []
    /// The subjects, for asking clients.
    private(set) var authorities: [OpaquePointer] = []

    /// - Parameters:
    ///   - bundles: PEM; what stands around the certificates is ignored.
    ///   - separatesNamesakes: false for the machine's roots, among which namesakes carry key identifiers.
    init(_ bundles: [[UInt8]], separatesNamesakes: Bool = true) throws(TLSConfigurationError) {
        for bundle in bundles { authorities += try PEMReader.certificates(bundle) }
        guard !authorities.isEmpty else { throw TLSConfigurationError("no certificate in the CA bundle") }
        var names: [[UInt]] = []
        for authority in authorities {
            let name = UInt(X509_subject_name_hash(authority))
            var place = separatesNamesakes ? names.firstIndex { !$0.contains(name) } : stores.isEmpty ? nil : 0
            if place == nil {
                guard let store = X509_STORE_new() else { throw TLSConfigurationError("out of memory") }
                stores.append(store)
                names.append([])
                place = stores.count - 1
            }
            guard let place else { continue }
            // The same certificate twice is no error worth stopping for.
            if X509_STORE_add_cert(stores[place], authority) != 1 { ERR_clear_error() }
            names[place].append(name)
        }
    }

    deinit {
        for store in stores { X509_STORE_free(store) }
        for authority in authorities { X509_free(authority) }
    }

    /// Whether `chain` (leaf first) leads to one of the authorities and may be used for `purpose`.
    /// - Returns: nil when it does, else why not.
    func problem(with chain: OpaquePointer, purpose: String) -> String? {
        // This runs inside of a handshake, which would take what an earlier store left behind for its own failure.
        defer { ERR_clear_error() }
        guard let leaf = CNIOBoringSSLShims_sk_X509_value(chain, 0) else { return "no certificate" }
        var reason = "no authority"
        for store in stores {
            guard let context = X509_STORE_CTX_new() else { return "out of memory" }
            defer { X509_STORE_CTX_free(context) }
            guard X509_STORE_CTX_init(context, store, leaf, chain) == 1,
                X509_STORE_CTX_set_default(context, purpose) == 1
            else { return "out of memory" }
            // An intermediate certificate that is trusted explicitly is trust enough.
            X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_PARTIAL_CHAIN))
            if X509_verify_cert(context) == 1 { return nil }
            reason = String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
        }
        return reason
    }
}
