import HTTPSemantics

/// The hostname of a listener or route (`Hostname` of Gateway API), or the absence of one.
///
/// Valid by construction: the names inside are `DNSName`s. Comparison with hosts and other patterns ignores case because
/// every name is held in lower case.
package enum HostnamePattern: Sendable, Hashable, CustomStringConvertible {
    /// Takes every host; also what an unset hostname means.
    case any
    case exact(DNSName)
    /// `*.name`: takes every host with one or more labels in front of `name`, never `name` itself.
    case wildcard(DNSName)

    /// Parses `www.example.com` or `*.example.com`; nil for everything else, also for a bare `*`, an IP address and the
    /// empty string.
    package init?(_ text: String) {
        if text.hasPrefix("*.") {
            guard let name = DNSName(text.dropFirst(2)) else { return nil }
            self = .wildcard(name)
        } else {
            guard let name = DNSName(text) else { return nil }
            self = .exact(name)
        }
    }

    /// `*` for any, else the pattern as one writes it, in lower case.
    package var description: String {
        switch self {
        case .any: "*"
        case .exact(let name): name.text
        case .wildcard(let name): "*." + name.text
        }
    }

    /// The pattern for the hosts that both take; nil when there is none.
    package func intersection(_ other: HostnamePattern) -> HostnamePattern? {
        if contains(other) { return other }
        if other.contains(self) { return self }
        return nil
    }

    /// Whether every host that `other` takes is taken by this pattern. Two patterns that share a host are nested, so
    /// one of them contains the other.
    package func contains(_ other: HostnamePattern) -> Bool {
        switch (self, other) {
        case (.any, _): true
        case (_, .any): false
        case (.exact(let own), .exact(let name)): own == name
        case (.exact, .wildcard): false
        case (.wildcard(let own), .exact(let name)): name.isSubdomain(of: own)
        case (.wildcard(let own), .wildcard(let name)): own == name || name.isSubdomain(of: own)
        }
    }

    /// Whether a request for `host` (no port, no trailing dot, any case) belongs to this pattern.
    package func matches(_ host: String) -> Bool {
        let host = host.utf8.lazy.map(ASCII.lowercased)
        switch self {
        case .any: return true
        case .exact(let name): return host.elementsEqual(name.text.utf8)
        case .wildcard(let name):
            let suffix = name.text.utf8
            guard host.count > suffix.count + 1 else { return false }
            let rest = host.dropFirst(host.count - suffix.count - 1)
            return rest.first == UInt8(ascii: ".") && rest.dropFirst().elementsEqual(suffix)
        }
    }

    /// How much this pattern pins down: exact before wildcard, a longer wildcard before a shorter one, any last.
    package var specificity: Specificity {
        switch self {
        case .any: Specificity(rank: 0, length: 0)
        case .exact(let name): Specificity(rank: 2, length: name.text.utf8.count)
        case .wildcard(let name): Specificity(rank: 1, length: name.text.utf8.count)
        }
    }

    /// Greater means more specific.
    package struct Specificity: Sendable, Hashable, Comparable {
        private let rank: UInt8
        private let length: Int

        fileprivate init(rank: UInt8, length: Int) {
            self.rank = rank
            self.length = length
        }

        package static func < (lhs: Specificity, rhs: Specificity) -> Bool {
            (lhs.rank, lhs.length) < (rhs.rank, rhs.length)
        }
    }
}
