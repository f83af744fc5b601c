import GatewayAPI
import KubernetesTypes
import Routing

/// The endpoints of every backend that is in use, selected anew only where something changed.
struct BackendStage: Sendable {
    /// Sorted by id.
    private(set) var backends: [Backend] = []
    /// EndpointSlices by Service, each list sorted by name.
    private var slices: [ObjectName: [Stored<EndpointSlice>]] = [:]
    /// How many routes in the configuration use a backend; never 0.
    private var uses: [BackendID: Int] = [:]

    struct Backend: Sendable {
        var configuration: BackendConfiguration
        /// Nothing says where its endpoints are.
        var isWithoutEndpoints: Bool
    }

    /// Routes that joined or left the configuration.
    struct UseChanges {
        var joined: [RouteEvaluation] = []
        var left: [RouteEvaluation] = []

        /// What lies between the common beginning and the common end of two lists. Routes in between that stayed are in
        /// both; a backend that is given up and taken up in one step is not touched.
        init(from previous: [RouteEvaluation], to current: [RouteEvaluation]) {
            var (start, ends) = (0, (previous.count, current.count))
            while start < min(ends.0, ends.1), previous[start] === current[start] { start += 1 }
            while start < min(ends.0, ends.1), previous[ends.0 - 1] === current[ends.1 - 1] {
                ends = (ends.0 - 1, ends.1 - 1)
            }
            left = Array(previous[start..<ends.0])
            joined = Array(current[start..<ends.1])
        }
    }

    /// - Parameters:
    ///   - changedTargets: Services and XBackends that changed since the last update, or whose policies did.
    ///   - overridesChanged: the settings' `backendOverrides` changed.
    mutating func update(
        uses useChanges: UseChanges, slices sliceChanges: [ObjectChange<EndpointSlice>],
        changedTargets: Set<BackendTarget>, overridesChanged: Bool, tls: BackendTLSResolution,
        settings: ReconcilerSettings
    ) {
        let changedTargets = changedTargets.union(updateSlices(sliceChanges))
        let (appeared, vanished) = updateUses(useChanges)
        if !vanished.isEmpty { backends.removeAll { vanished.contains($0.configuration.id) } }
        if overridesChanged || !changedTargets.isEmpty {
            for index in backends.indices {
                let id = backends[index].configuration.id
                guard overridesChanged || changedTargets.contains(BackendTarget(id)) else { continue }
                backends[index] = select(id, tls: tls, settings: settings)
            }
        }
        guard !appeared.isEmpty else { return }
        backends += appeared.map { select($0, tls: tls, settings: settings) }
        backends.sort { $0.configuration.id < $1.configuration.id }
    }

    /// Brings the index up to date; returns the Services concerned.
    private mutating func updateSlices(_ changes: [ObjectChange<EndpointSlice>]) -> Set<BackendTarget> {
        var services: Set<ObjectName> = []
        for change in changes {
            if let old = change.old, let service = old.service {
                slices[service]?.removeAll { $0 === old }
                if slices[service]?.isEmpty == true { slices[service] = nil }
                services.insert(service)
            }
            if let new = change.new, let service = new.service {
                slices[service, default: []].append(new)
                services.insert(service)
            }
        }
        for service in services { slices[service]?.sort { $0.name < $1.name } }
        return Set(services.map { BackendTarget(kind: .service, name: $0) })
    }

    private mutating func updateUses(_ changes: UseChanges) -> (appeared: [BackendID], vanished: Set<BackendID>) {
        var touched: [BackendID: Int] = [:]
        for (routes, step) in [(changes.left, -1), (changes.joined, 1)] {
            for id in routes.lazy.flatMap(\.backends) { touched[id, default: 0] += step }
        }
        var appeared: [BackendID] = []
        var vanished: Set<BackendID> = []
        for (id, difference) in touched where difference != 0 {
            let before = uses[id] ?? 0
            let after = before + difference
            uses[id] = after == 0 ? nil : after
            if before == 0 { appeared.append(id) }
            if after == 0 { vanished.insert(id) }
        }
        return (appeared, vanished)
    }

    private func select(_ id: BackendID, tls: BackendTLSResolution, settings: ReconcilerSettings) -> Backend {
        let state = tls.state
        var configuration = BackendConfiguration(
            id: id, endpoints: [], retryBudget: tls.policies.traffic(for: BackendTarget(id))?.retryBudget,
            tls: tls.tls(of: id))
        if id.kind == .service {
            configuration.proxyProtocol = ProxyProtocolAnnotation.version(for: state.services[id.service])
        }
        var isWithoutEndpoints = false
        configuration.protocol = Self.protocol(of: id, state)
        if let endpoints = settings.backendOverrides[id] ?? settings.backendOverrides[id.unspecialized] {
            configuration.endpoints = endpoints
        } else if id.kind == .externalBackend {
            let endpoint = state.xBackends[id.service].flatMap {
                XBackendEvaluation($0, tls, isGRPC: id.isGRPC).endpoint
            }
            configuration.endpoints = endpoint.map { [$0] } ?? []
        } else if let service = state.services[id.service] {
            let slices = slices[id.service] ?? []
            configuration.endpoints = EndpointSelection.endpoints(of: id, service: service, slices: slices)
            isWithoutEndpoints = slices.isEmpty && service.spec.type != .externalName
        }
        return Backend(configuration: configuration, isWithoutEndpoints: isWithoutEndpoints)
    }

    private static func `protocol`(
        of id: BackendID, _ state: ClusterState
    ) -> BackendConfiguration.BackendProtocol {
        switch id.kind {
        case .externalBackend:
            return BackendProtocol(state.xBackends[id.service]?.spec.protocol, isGRPC: id.isGRPC).wire
        case .service:
            let port = state.services[id.service]?.spec.ports.first { $0.port == id.port && $0.protocol == .tcp }
            return BackendProtocol(appProtocol: port?.appProtocol, isGRPC: id.isGRPC).wire
        }
    }
}

extension Stored<EndpointSlice> {
    /// The Service that the slice belongs to, always of the slice's own namespace.
    fileprivate var service: ObjectName? {
        object.serviceName.map { ObjectName(namespace: name.namespace, name: $0) }
    }
}
