internal import CNIOBoringSSL

/// A protocol version that a listener or backend may use at least.
package enum TLSVersion: UInt16, Sendable, Hashable, Comparable {
    /// RFC 5246
    case tls12 = 0x0303
    /// RFC 8446
    case tls13 = 0x0304

    package static func < (lhs: TLSVersion, rhs: TLSVersion) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The library that is linked, for `weir version` and bug reports.
    package static var libraryVersion: String { String(cString: OpenSSL_version(0)) }
}
