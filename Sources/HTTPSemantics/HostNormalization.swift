/// From `Host` or `:authority` to the host that routing compares.
package enum HostNormalization {
    /// What an authority said.
    package struct Authority: Sendable, BitwiseCopyable, Equatable {
        /// Bytes written to the buffer; 0 for an empty authority (an HTTP/1.1 request may send an empty Host).
        package var hostLength: Int
        /// 1...65535, or 0 when none is given.
        package var port: UInt16
    }

    /// Longest host that is accepted: a DNS name, or an IPv6 address in brackets.
    package static let maximumHostLength = 255

    /// Writes the host of `authority` in lower case, without port and without a trailing dot, to `buffer`. An IPv6
    /// address keeps its brackets, so that the result can stand in a URI again.
    ///
    /// nil (the request is answered with 400) when the authority has user information, an empty label, a port that is
    /// not 1...65535, a byte that occurs in neither DNS names nor addresses (letters, digits, `-`, `.`, `_`; RFC 3986
    /// would let registered names have more, the DNS does not), or a host longer than the buffer or
    /// `maximumHostLength`.
    package static func normalize(
        _ authority: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) -> Authority? {
        guard authority.count > 0 else { return Authority(hostLength: 0, port: 0) }
        let limit = min(buffer.count, maximumHostLength)
        let hostEnd: Int?
        var length: Int
        if authority[0] == UInt8(ascii: "[") {
            hostEnd = copyAddressLiteral(authority, into: buffer, limit: limit)
            length = hostEnd ?? 0
        } else {
            hostEnd = copyName(authority, into: buffer, limit: limit)
            length = hostEnd ?? 0
            if length > 0, buffer[length - 1] == UInt8(ascii: ".") { length -= 1 }
        }
        guard let hostEnd, length > 0 else { return nil }
        guard let port = port(UnsafeRawBufferPointer(rebasing: authority[hostEnd...])) else { return nil }
        return Authority(hostLength: length, port: port)
    }

    /// Copies up to the colon or the end; nil when a byte or label is not allowed.
    private static func copyName(
        _ authority: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, limit: Int
    ) -> Int? {
        var previous = UInt8(ascii: ".")
        for offset in 0..<authority.count {
            let byte = ASCII.lowercased(authority[offset])
            if byte == UInt8(ascii: ":") { return offset }
            guard offset < limit else { return nil }
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                break
            case UInt8(ascii: "."):
                guard previous != UInt8(ascii: ".") else { return nil }
            default: return nil
            }
            buffer[offset] = byte
            previous = byte
        }
        return authority.count
    }

    /// Copies `[...]`; nil unless it looks like an IPv6 address (hexadecimal digits, dots and two colons or more).
    private static func copyAddressLiteral(
        _ authority: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, limit: Int
    ) -> Int? {
        guard limit > 0 else { return nil }
        buffer[0] = authority[0]
        var colons = 0
        for offset in 1..<authority.count {
            guard offset < limit else { return nil }
            let byte = ASCII.lowercased(authority[offset])
            buffer[offset] = byte
            switch byte {
            case UInt8(ascii: "]"):
                return (2...7).contains(colons) && offset <= 46 ? offset + 1 : nil
            case UInt8(ascii: ":"):
                colons += 1
            case UInt8(ascii: "."):
                break
            default:
                guard ASCII.hexadecimalValue(byte) != nil else { return nil }
            }
        }
        return nil
    }

    /// The port in what follows the host: nothing, `:` alone (RFC 3986 section 3.2.3 allows it) or `:` and a number.
    private static func port(_ rest: UnsafeRawBufferPointer) -> UInt16? {
        guard rest.count > 0 else { return 0 }
        guard rest[0] == UInt8(ascii: ":"), rest.count <= 6 else { return nil }
        var value: UInt32 = 0
        for byte in rest.dropFirst() {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + UInt32(byte &- UInt8(ascii: "0"))
        }
        if rest.count == 1 { return 0 }
        return value == 0 ? nil : UInt16(exactly: value)
    }
}
