import HTTPSemantics

/// Finds well-known field names. Names are tokens, so setting bit 5 of every byte folds case: no two token bytes
/// fall together on a letter, digit or hyphen other than the two cases of a letter.
enum FieldName {
    struct Identity: BitwiseCopyable {
        var known: KnownField
        var isHopByHop: Bool

        @inline(__always)
        init(_ known: KnownField, hopByHop: Bool = false) {
            self.known = known
            isHopByHop = hopByHop
        }
    }

    /// Which field the name at `name` is, and whether it belongs to the fixed hop-by-hop set: Connection, Keep-Alive,
    /// Proxy-Connection, TE, Transfer-Encoding, Upgrade (RFC 9110 section 7.6.1), HTTP2-Settings (RFC 7540 section
    /// 3.2.1), and Proxy-Authenticate and Proxy-Authorization, which concern the connection to the next proxy, and a
    /// gateway is none (RFC 9110 section 11.7).
    static func identify(_ name: UnsafeRawPointer, _ length: Int) -> Identity {
        switch length {
        case 2: if equals(name, "te") { return Identity(.te, hopByHop: true) }
        case 3: if equals(name, "via") { return Identity(.via) }
        case 4:
            if equals(name, "host") { return Identity(.host) }
            if equals(name, "date") { return Identity(.date) }
        case 6: return identify6(name)
        case 7:
            if equals(name, "upgrade") { return Identity(.upgrade, hopByHop: true) }
            if equals(name, "trailer") { return Identity(.trailer) }
        case 8: if equals(name, "location") { return Identity(.location) }
        case 10:
            if equals(name, "connection") { return Identity(.connection, hopByHop: true) }
            if equals(name, "keep-alive") { return Identity(.keepAlive, hopByHop: true) }
            if equals(name, "set-cookie") { return Identity(.setCookie) }
        case 12: if equals(name, "content-type") { return Identity(.contentType) }
        case 13: if equals(name, "authorization") { return Identity(.authorization) }
        case 14:
            if equals(name, "content-length") { return Identity(.contentLength) }
            if equals(name, "http2-settings") { return Identity(.http2Settings, hopByHop: true) }
        case 15: if equals(name, "x-forwarded-for") { return Identity(.xForwardedFor) }
        case 16:
            if equals(name, "x-forwarded-host") { return Identity(.xForwardedHost) }
            if equals(name, "proxy-connection") { return Identity(.proxyConnection, hopByHop: true) }
        case 17:
            if equals(name, "transfer-encoding") { return Identity(.transferEncoding, hopByHop: true) }
            if equals(name, "x-forwarded-proto") { return Identity(.xForwardedProto) }
        case 18: if equals(name, "proxy-authenticate") { return Identity(.other, hopByHop: true) }
        case 19: if equals(name, "proxy-authorization") { return Identity(.other, hopByHop: true) }
        default: break
        }
        return Identity(.other)
    }

    @inline(__always)
    private static func identify6(_ name: UnsafeRawPointer) -> Identity {
        if equals(name, "cookie") { return Identity(.cookie) }
        if equals(name, "origin") { return Identity(.origin) }
        if equals(name, "server") { return Identity(.server) }
        if equals(name, "expect") { return Identity(.expect) }
        return Identity(.other)
    }

    /// Whether the name of `length` bytes is `expected`, in any case.
    @inline(__always)
    static func equals(_ name: UnsafeRawPointer, _ length: Int, _ expected: StaticString) -> Bool {
        length == expected.utf8CodeUnitCount && equals(name, expected)
    }

    /// Whether the first bytes at `name`, as many as `expected` has, are `expected` in any case.
    ///
    /// - Parameter expected: lower-case letters, digits and hyphens only.
    @inline(__always)
    static func equals(_ name: UnsafeRawPointer, _ expected: StaticString) -> Bool {
        let length = expected.utf8CodeUnitCount
        let other = UnsafeRawPointer(expected.utf8Start)
        // Two loads that may overlap compare any length from one to two words.
        switch length {
        case 16...:
            var offset = 0
            while offset &+ 8 <= length {
                guard same(name, other, offset, UInt64.self) else { return false }
                offset &+= 8
            }
            return same(name, other, length &- 8, UInt64.self)
        case 8...: return same(name, other, 0, UInt64.self) && same(name, other, length &- 8, UInt64.self)
        case 4...: return same(name, other, 0, UInt32.self) && same(name, other, length &- 4, UInt32.self)
        case 2...: return same(name, other, 0, UInt16.self) && same(name, other, length &- 2, UInt16.self)
        default: return same(name, other, 0, UInt8.self)
        }
    }

    @inline(__always)
    private static func same<Word: FixedWidthInteger & BitwiseCopyable>(
        _ name: UnsafeRawPointer, _ expected: UnsafeRawPointer, _ offset: Int, _: Word.Type
    ) -> Bool {
        // 0x20 in every byte of the word.
        let bit5 = Word.max / 0xFF &* 0x20
        return name.loadUnaligned(fromByteOffset: offset, as: Word.self) | bit5
            == expected.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }

    /// Whether two names are the same field: same length, and equal but for case.
    static func equalIgnoringCase(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, length: Int) -> Bool {
        for offset in 0..<length
        where ASCII.lowercased(left.load(fromByteOffset: offset, as: UInt8.self))
            != ASCII.lowercased(right.load(fromByteOffset: offset, as: UInt8.self))
        {
            return false
        }
        return true
    }

    /// Fields that describe the content, by their common prefix (RFC 9110 section 8).
    static func isContentField(_ name: UnsafeRawPointer, _ length: Int) -> Bool {
        length > 8 && equals(name, "content-")
    }
}
