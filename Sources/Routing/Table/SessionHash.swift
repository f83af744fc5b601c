/// Hashes for session tokens: equal in every process and replica and from version to version, since clients keep them.
package enum SessionHash {
    /// - Parameter address: what tells endpoints of a backend apart, e.g. the bytes of IP address and port.
    package static func address(_ address: UnsafeRawBufferPointer) -> UInt64 { finish(fold(address, into: start)) }

    /// The value that stands for an endpoint in a token.
    ///
    /// - Parameters:
    ///   - key: `CompiledBackend.sessionKey`.
    ///   - address: `SessionHash.address` of the endpoint, computed once.
    package static func endpoint(key: UInt64, address: UInt64) -> UInt64 {
        finish(key ^ (address &* 0x9E37_79B9_7F4A_7C15))
    }

    static func scope(_ scope: String) -> UInt64 { fold(scope, into: start) }

    /// - Parameter scope: of the session.
    static func backend(_ id: BackendID, scope: UInt64) -> UInt64 {
        finish(fold(id.description, into: fold("\n", into: scope)))
    }

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a.
    private static func fold(_ bytes: some Sequence<UInt8>, into hash: UInt64) -> UInt64 {
        bytes.reduce(hash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    private static func fold(_ text: String, into hash: UInt64) -> UInt64 { fold(text.utf8, into: hash) }

    /// The finalizer of MurmurHash3: every bit of the input changes half of the output's.
    static func finish(_ hash: UInt64) -> UInt64 {
        var hash = hash
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
