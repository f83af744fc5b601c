import HTTPSemantics

/// The value of an Origin field (RFC 6454 section 7), taken apart.
struct CORSOrigin {
    var scheme: UnsafeRawBufferPointer
    var host: UnsafeRawBufferPointer
    var port: UInt16

    /// A longer one is not an origin for us: a hostname has at most 253 bytes.
    static let maximumLength = 320

    /// Whether this may be repeated in a response: `null`, or scheme, `://` and characters of hosts and ports.
    static func isValid(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count <= maximumLength else { return false }
        if Bytes.equal(value, UnsafeRawBufferPointer("null")) { return true }
        guard let length = schemeLength(value) else { return false }
        let rest = value[(length + 3)...]
        return !rest.isEmpty && rest.allSatisfy(isAuthorityCharacter)
    }

    /// nil for `null`, for a scheme other than http and https, and for what is not an origin.
    init?(_ value: UnsafeRawBufferPointer) {
        guard value.count <= Self.maximumLength, let length = Self.schemeLength(value) else { return nil }
        scheme = UnsafeRawBufferPointer(rebasing: value[..<length])
        if ASCII.equals(scheme, lowercase: UnsafeRawBufferPointer("http")) {
            port = 80
        } else if ASCII.equals(scheme, lowercase: UnsafeRawBufferPointer("https")) {
            port = 443
        } else {
            return nil
        }
        var authority = value[(length + 3)...]
        // A colon inside of brackets belongs to an IPv6 address.
        if let colon = authority.lastIndex(of: UInt8(ascii: ":")), !authority[colon...].contains(UInt8(ascii: "]")) {
            guard let number = Self.port(authority[(colon + 1)...]) else { return nil }
            port = number
            authority = authority[..<colon]
        }
        guard !authority.isEmpty, authority.allSatisfy(Self.isAuthorityCharacter) else { return nil }
        host = UnsafeRawBufferPointer(rebasing: authority)
    }

    private static func port(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt16? {
        guard 1...5 ~= digits.count else { return nil }
        var number: UInt32 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            number = number * 10 + UInt32(digit - UInt8(ascii: "0"))
        }
        return number == 0 ? nil : UInt16(exactly: number)
    }

    /// The length of what stands before `://`; nil when that is no scheme (RFC 3986 section 3.1).
    private static func schemeLength(_ value: UnsafeRawBufferPointer) -> Int? {
        guard let colon = value.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon + 2 < value.count,
            value[colon + 1] == UInt8(ascii: "/"), value[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        for byte in value[..<colon] {
            switch ASCII.lowercased(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                break
            default: return nil
            }
        }
        return colon
    }

    private static func isAuthorityCharacter(_ byte: UInt8) -> Bool {
        switch ASCII.lowercased(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}

/// One entry of `allowOrigins`.
struct CompiledCORSOrigin: BitwiseCopyable {
    /// Lower-case.
    var scheme: UnsafeRawBufferPointer
    /// Lower-case.
    var host: UnsafeRawBufferPointer
    var port: UInt16
    /// `host` stands for every name below it, and when it is empty for every name.
    var isWildcard: Bool

    func matches(_ origin: CORSOrigin) -> Bool {
        guard port == origin.port, ASCII.equals(origin.scheme, lowercase: scheme) else { return false }
        guard isWildcard else { return ASCII.equals(origin.host, lowercase: host) }
        if host.isEmpty { return true }
        let length = origin.host.count - host.count
        return length > 1 && origin.host[length - 1] == UInt8(ascii: ".")
            && ASCII.equals(UnsafeRawBufferPointer(rebasing: origin.host[length...]), lowercase: host)
    }
}
