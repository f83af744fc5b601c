import Glibc

/// An IP address that a name stands for.
package enum ResolvedAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The four octets as a number, the first octet on top.
    case v4(UInt32)
    /// The sixteen octets as two numbers, the first octet on top.
    case v6(high: UInt64, low: UInt64)

    /// Parses the text form (`inet_pton`); nil for anything else.
    package init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self = withUnsafeBytes(of: v6) { octets in
                .v6(
                    high: UInt64(bigEndian: octets.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
        } else {
            return nil
        }
    }

    /// The text form that `inet_pton` accepts, IPv6 without brackets.
    package var description: String {
        let octets: [UInt8]
        let family: Int32
        switch self {
        case .v4(let number):
            family = AF_INET
            octets = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        case .v6(let high, let low):
            family = AF_INET6
            octets = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, octets, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What a name stands for, and for how long that may be relied on.
package struct ResolvedName: Sendable, Hashable {
    /// Without duplicates, in ascending order, IPv4 first; never empty.
    package var addresses: [ResolvedAddress]
    /// The least TTL of the records that led here.
    package var timeToLive: Duration

    package init(addresses: [ResolvedAddress], timeToLive: Duration) {
        self.addresses = Set(addresses).sorted()
        self.timeToLive = timeToLive
    }
}

package typealias NameResolution = Result<ResolvedName, NameResolutionError>

/// Why a name has no addresses.
package enum NameResolutionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text is no DNS name: empty or overlong labels, or characters other than letters, digits, `-` and `_`.
    case invalidName
    /// NXDOMAIN: the name does not exist.
    case noSuchName
    /// The name exists and has neither A nor AAAA records.
    case noAddresses
    case timedOut
    /// A DNS server answered with this RCODE (RFC 1035 section 4.1.1): 2 SERVFAIL, 5 REFUSED.
    case serverFailure(code: UInt8)
    /// A DNS server's answer could not be understood.
    case malformedAnswer
    /// A system call failed; the DNS server cannot be reached.
    case unreachable(errno: Int32)
    /// The resolver was shut down.
    case shutDown

    /// True when the answer is final: the name's owner says that there is nothing. Everything else is a failure to ask.
    package var isNegativeAnswer: Bool {
        switch self {
        case .noSuchName, .noAddresses, .invalidName: true
        case .timedOut, .serverFailure, .malformedAnswer, .unreachable, .shutDown: false
        }
    }

    package var description: String {
        switch self {
        case .invalidName: "not a DNS name"
        case .noSuchName: "no such name (NXDOMAIN)"
        case .noAddresses: "the name has no addresses"
        case .timedOut: "no DNS server answered in time"
        case .serverFailure(let code): "DNS server failure (\(Self.codeNames[code] ?? "RCODE \(code)"))"
        case .malformedAnswer: "a DNS server's answer is malformed"
        case .unreachable(let code): "no DNS server can be reached: \(String(cString: strerror(code)))"
        case .shutDown: "the resolver has been shut down"
        }
    }

    private static let codeNames: [UInt8: String] = [1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED"]
}
