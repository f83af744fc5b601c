import Certificates
import GatewayAPI
import Routing

/// Listeners of one port that terminate TLS, and whose hostnames or certificates overlap: a client may reuse a connection
/// for a host of another listener (RFC 9110 section 7.4, GEP-3567). Not an error, but every member of the overlap says so.
enum OverlappingTLSConfig {
    /// Of one listener.
    struct Certificates: Sendable, Hashable {
        /// How many other listeners have certificates for one of its names.
        var count: Int
        /// The first of them, by index.
        var first: [Int]
    }

    /// - Parameter indices: of the listeners that are admitted.
    static func mark(_ listeners: inout [ListenerEvaluation], _ indices: [Int]) {
        var ports: [UInt16: [Int]] = [:]
        for index in indices where listeners[index].terminatesTLS && listeners[index].isAccepted {
            if listeners[index].hostname != nil { ports[listeners[index].spec.port, default: []].append(index) }
        }
        for members in ports.values where members.count > 1 {
            markHostnames(&listeners, members)
            markCertificates(&listeners, members)
        }
    }

    // MARK: Hostnames

    private static func markHostnames(_ listeners: inout [ListenerEvaluation], _ members: [Int]) {
        // Two exact names of one port are never equal here, so one side of an overlap is always a wildcard.
        for i in members {
            if case .exact? = listeners[i].hostname { continue }
            for j in members where i != j && overlap(listeners[i], listeners[j]) {
                listeners[i].overlaps.insert(j)
                listeners[j].overlaps.insert(i)
            }
        }
    }

    private static func overlap(_ first: ListenerEvaluation, _ second: ListenerEvaluation) -> Bool {
        guard let hostname = first.hostname, let other = second.hostname else { return false }
        return hostname.intersection(other) != nil
    }

    // MARK: Certificates

    /// Thousands of listeners may share a certificate, so those with the same names are compared as one.
    private static func markCertificates(_ listeners: inout [ListenerEvaluation], _ members: [Int]) {
        var groups: [[String]: [Int]] = [:]
        for index in members {
            let names = Set(listeners[index].keyPairs.flatMap(\.certificate.names)).sorted()
            if !names.isEmpty { groups[names, default: []].append(index) }
        }
        let owners = owners(of: groups.keys)
        for (names, group) in groups {
            var overlapping: Set<[String]> = [names]
            for name in names { overlapping.formUnion(owners.overlapping(name)) }
            let count = overlapping.reduce(0) { $0 + (groups[$1]?.count ?? 0) } - 1
            guard count > 0 else { continue }
            let others = overlapping.flatMap { (groups[$0] ?? []).prefix(shown + 1) }.sorted()
            for index in group {
                listeners[index].certificateOverlaps = Certificates(
                    count: count, first: Array(others.lazy.filter { $0 != index }.prefix(shown)))
            }
        }
    }

    private static let shown = 8

    private static func owners(of lists: some Sequence<[String]>) -> NameOwners {
        var owners = NameOwners()
        for names in lists {
            for name in names { owners.add(names, of: name) }
        }
        return owners
    }
}

/// Which certificates are for a name. In a certificate `*` stands for one label (RFC 9525 section 6.3).
private struct NameOwners {
    private var exact: [String: Set<[String]>] = [:]
    /// Exact names by the wildcard that covers them.
    private var covered: [String: Set<[String]>] = [:]

    mutating func add(_ names: [String], of name: String) {
        exact[name, default: []].insert(names)
        if let wildcard = Self.wildcard(for: name) { covered[wildcard, default: []].insert(names) }
    }

    func overlapping(_ name: String) -> Set<[String]> {
        var found = exact[name] ?? []
        if let wildcard = Self.wildcard(for: name) { found.formUnion(exact[wildcard] ?? []) }
        found.formUnion(covered[name] ?? [])
        return found
    }

    private static func wildcard(for name: String) -> String? {
        guard !name.hasPrefix("*."), let dot = name.firstIndex(of: ".") else { return nil }
        return "*" + name[dot...]
    }
}
