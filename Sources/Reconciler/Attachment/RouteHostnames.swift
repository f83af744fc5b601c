import KubernetesTypes
import Routing

/// `spec.hostnames` of a route.
struct RouteHostnames: Sendable, Hashable {
    /// The usable ones. Empty with `isRestricted` means that nothing can match.
    var patterns: [HostnamePattern] = []
    /// False when the route takes whatever its listeners take.
    var isRestricted: Bool
    var findings: [Finding] = []

    /// Entries that are no hostnames (an IP address passes the CRD's pattern) are left out, never taken for "any".
    init(_ hostnames: [String]) {
        isRestricted = !hostnames.isEmpty
        for (index, text) in hostnames.enumerated() {
            if let pattern = HostnamePattern(text) {
                if !patterns.contains(pattern) { patterns.append(pattern) }
            } else {
                findings.append(
                    Finding(
                        .routeHostname, FieldPath("spec.hostnames").index(index),
                        "\"\(text)\" is not a DNS name and is ignored.",
                        help: "Write a name such as www.example.com or *.example.com; IP addresses are not allowed."))
            }
        }
    }

    /// The hostnames that a listener and the route have in common; empty when there is none.
    func intersection(_ listener: HostnamePattern?) -> [HostnamePattern] {
        guard let listener else { return [] }
        guard isRestricted else { return [listener] }
        var result: [HostnamePattern] = []
        for pattern in patterns {
            guard let common = pattern.intersection(listener), !result.contains(common) else { continue }
            result.append(common)
        }
        return result
    }

    var description: String { Wording.list(patterns.map(\.description)) }
}
