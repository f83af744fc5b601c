/// `GRPCRoute.spec.rules[].matches[]`: all conditions must hold.
package struct GRPCRouteMatch: Sendable, Hashable {
    /// nil matches every service and method.
    package var method: GRPCMethodMatch?
    /// AND-ed, at most 16; of names that differ only in case the first counts.
    package var headers: [GRPCHeaderMatch]

    package init(method: GRPCMethodMatch? = nil, headers: [GRPCHeaderMatch] = []) {
        self.method = method
        self.headers = headers
    }
}

/// `matches[].method`. At least one of service and method is there.
package struct GRPCMethodMatch: Sendable, Hashable {
    package var type: ValueMatchType
    /// The full name of the service, such as `helloworld.Greeter`; nil matches all. At most 1024 characters.
    package var service: String?
    /// nil matches all methods. At most 1024 characters.
    package var method: String?

    package init(type: ValueMatchType = .exact, service: String? = nil, method: String? = nil) {
        self.type = type
        self.service = service
        self.method = method
    }
}

/// `matches[].headers[]`, which are the metadata of a call.
package struct GRPCHeaderMatch: Sendable, Hashable {
    package var type: ValueMatchType
    /// Compared ignoring case.
    package var name: String
    package var value: String

    package init(type: ValueMatchType = .exact, name: String, value: String) {
        self.type = type
        self.name = name
        self.value = value
    }
}
