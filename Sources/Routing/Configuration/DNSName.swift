import HTTPSemantics

/// A precise DNS name in lower case, such as `www.example.com`: the `PreciseHostname` of Gateway API.
///
/// Valid by construction: labels of letters, digits and inner hyphens (RFC 1123), at most 253 bytes, no trailing dot,
/// and not an IPv4 address, which Gateway API does not accept as a hostname.
package struct DNSName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name, lower-case.
    package let text: String

    /// nil when `text` is not such a name; upper-case letters are accepted and lowered.
    package init?(_ text: some StringProtocol) {
        // Lowered byte by byte: `lowercased()` would turn some letters beyond ASCII into ASCII ones.
        let lowered = String(decoding: text.utf8.map(ASCII.lowercased), as: UTF8.self)
        guard Self.hasValidLabels(lowered.utf8), !Self.isIPv4Address(lowered.utf8) else { return nil }
        self.text = lowered
    }

    package var description: String { text }

    /// Whether this name has `parent` as a proper suffix of whole labels: `a.b.example.com` below `example.com`.
    package func isSubdomain(of parent: DNSName) -> Bool {
        let (own, suffix) = (text.utf8, parent.text.utf8)
        guard own.count > suffix.count + 1 else { return false }
        let rest = own.dropFirst(own.count - suffix.count - 1)
        return rest.first == UInt8(ascii: ".") && rest.dropFirst().elementsEqual(suffix)
    }

    package static func < (lhs: DNSName, rhs: DNSName) -> Bool { lhs.text < rhs.text }

    private static func hasValidLabels(_ name: String.UTF8View) -> Bool {
        guard (1...253).contains(name.count) else { return false }
        var previous = UInt8(ascii: ".")
        for byte in name {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                break
            case UInt8(ascii: "-"):
                guard previous != UInt8(ascii: ".") else { return false }
            case UInt8(ascii: "."):
                guard previous != UInt8(ascii: "."), previous != UInt8(ascii: "-") else { return false }
            default:
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".") && previous != UInt8(ascii: "-")
    }

    private static func isIPv4Address(_ name: String.UTF8View) -> Bool {
        let labels = name.split(separator: UInt8(ascii: "."))
        return labels.count == 4
            && labels.allSatisfy { label in
                label.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }
}
