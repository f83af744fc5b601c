/// `GRPCRoute.spec.rules[].matches[].method`: which RPCs, by the request's path `/service/method`.
///
/// The service is the first element of the path, the method everything behind it; neither is ever empty, and both are
/// compared with regard to case.
package enum RPCMatch: Sendable, Hashable {
    /// Every RPC, and every other request that says it is gRPC: a match without `method`.
    case any
    /// Byte-equal; nil stands for every name. Both nil is the same as `any`.
    case exact(service: String?, method: String?)
    case regularExpression(RPCExpression)

    /// Characters in the service, then in the method, or in the patterns for them: more comes first
    /// (`GRPCRoute.spec.rules`, "precedence").
    package var specificity: (service: Int, method: Int) {
        switch self {
        case .any: (0, 0)
        case .exact(let service, let method): (service?.utf8.count ?? 0, method?.utf8.count ?? 0)
        case .regularExpression(let expression):
            (expression.service?.utf8.count ?? 0, expression.method?.utf8.count ?? 0)
        }
    }
}

/// Regular expressions for service and method, in the dialect of `RegularExpression`.
package struct RPCExpression: Sendable, Hashable {
    /// As it was written; nil for every service.
    package let service: String?
    /// As it was written; nil for every method.
    package let method: String?
    /// For the whole path.
    package let path: RegularExpression

    /// - Throws: what is wrong with the service's pattern, or else with the method's.
    package init(service: String?, method: String?) throws(RegularExpressionError) {
        // Each by itself: what closes a group that it has not opened is wrong, even if the whole is not.
        for pattern in [service, method].compactMap(\.self) { _ = try RegularExpression(pattern) }
        self.service = service
        self.method = method
        path = try RegularExpression("/(?:\(service ?? "[^/]+"))/(?:\(method ?? "(?s:.+)"))")
    }
}

extension RPCMatch: CustomStringConvertible {
    /// For people: `service shop.Cart, method Add`, with `~` before patterns; `every RPC`.
    package var description: String {
        let parts: [String?]
        switch self {
        case .any: return "every RPC"
        case .exact(let service, let method):
            parts = [service.map { "service \($0)" }, method.map { "method \($0)" }]
        case .regularExpression(let expression):
            parts = [expression.service.map { "service ~\($0)" }, expression.method.map { "method ~\($0)" }]
        }
        let named = parts.compactMap(\.self)
        return named.isEmpty ? "every RPC" : named.joined(separator: ", ")
    }
}
