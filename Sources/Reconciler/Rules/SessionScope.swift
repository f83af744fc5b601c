import GatewayAPI
import Routing

/// What the sessions of one rule belong to.
struct SessionScope {
    /// `namespace/name/rule`, with `grpc/` in front for a GRPCRoute. A rule without a name is `#` and its index, which no name looks like.
    let text: String

    init(kind: RouteKind, route: ObjectName, rule: HTTPRouteRule, index: Int) {
        // An HTTPRoute of the same name has sessions of its own.
        text = "\(kind == .grpc ? "grpc/" : "")\(route)/\(rule.name ?? "#\(index)")"
    }

    /// The name of the cookie or field when the manifest gives none. It must not change between runs: clients keep it.
    var generatedName: String {
        let hash = String(Self.fnv1a(text), radix: 16)
        return "weir-session-" + String(repeating: "0", count: 8 - hash.count) + hash
    }

    /// Fowler, Noll and Vo's hash FNV-1a, 32 bits.
    private static func fnv1a(_ text: String) -> UInt32 {
        text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
