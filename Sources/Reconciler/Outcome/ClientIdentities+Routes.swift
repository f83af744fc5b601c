import Routing

extension RouteConfiguration {
    /// All that it sends requests to, mirrors and authorization servers included.
    var backendIDs: [BackendID] { rules.flatMap(\.backendIDs) }

    /// The route with backends of `secured` replaced by those that are shown the certificate of a Gateway.
    func showing(_ identity: ObjectName, to secured: Set<BackendID>) -> RouteConfiguration {
        var route = self
        for index in route.rules.indices { route.rules[index].show(identity, to: secured) }
        return route
    }
}

extension StreamRouteConfiguration {
    var backendIDs: [BackendID] { backends.compactMap(\.destination.id) }

    func showing(_ identity: ObjectName, to secured: Set<BackendID>) -> StreamRouteConfiguration {
        var route = self
        for index in route.backends.indices { route.backends[index].destination.show(identity, to: secured) }
        return route
    }
}

extension RuleConfiguration {
    fileprivate var backendIDs: [BackendID] {
        var ids = filters.mirrors.map(\.backend)
        if let auth = filters.externalAuth?.backend { ids.append(auth) }
        if case .forward(let backends) = action { ids += backends.compactMap(\.destination.id) }
        return ids
    }

    fileprivate mutating func show(_ identity: ObjectName, to secured: Set<BackendID>) {
        for index in filters.mirrors.indices { filters.mirrors[index].backend.show(identity, to: secured) }
        filters.externalAuth?.backend?.show(identity, to: secured)
        guard case .forward(var backends) = action else { return }
        for index in backends.indices { backends[index].destination.show(identity, to: secured) }
        action = .forward(backends)
    }
}

extension WeightedBackend.Destination {
    fileprivate var id: BackendID? {
        if case .backend(let id) = self { id } else { nil }
    }

    fileprivate mutating func show(_ identity: ObjectName, to secured: Set<BackendID>) {
        guard case .backend(var id) = self else { return }
        id.show(identity, to: secured)
        self = .backend(id)
    }
}

extension BackendID {
    fileprivate mutating func show(_ identity: ObjectName, to secured: Set<BackendID>) {
        if secured.contains(self) { self.identity = identity }
    }
}
