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
    }

    /// - Parameters:
    ///   - changedServices: Services that changed since the last update.
    ///   - overridesChanged: the settings' `backendOverrides` changed.
    mutating func update(
        uses useChanges: UseChanges, slices sliceChanges: [ObjectChange<EndpointSlice>],
        changedServices: Set<ObjectName>, overridesChanged: Bool, state: ClusterState, settings: ReconcilerSettings
    ) {
        let changedServices = changedServices.union(updateSlices(sliceChanges))
        let (appeared, vanished) = updateUses(useChanges)
        if !vanished.isEmpty { backends.removeAll { vanished.contains($0.configuration.id) } }
        if overridesChanged || !changedServices.isEmpty {
            for index in backends.indices {
                let id = backends[index].configuration.id
                guard overridesChanged || changedServices.contains(id.service) else { continue }
                backends[index] = select(id, state: state, settings: settings)
            }
        }
        guard !appeared.isEmpty else { return }
        backends += appeared.map { select($0, state: state, settings: settings) }
        backends.sort { $0.configuration.id < $1.configuration.id }
    }

    /// Brings the index up to date; returns the Services concerned.
    private mutating func updateSlices(_ changes: [ObjectChange<EndpointSlice>]) -> Set<ObjectName> {
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
        return services
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

    private func select(_ id: BackendID, state: ClusterState, settings: ReconcilerSettings) -> Backend {
        if let endpoints = settings.backendOverrides[id] {
            return Backend(
                configuration: BackendConfiguration(id: id, endpoints: endpoints), isWithoutEndpoints: false)
        }
        guard let service = state.services[id.service] else {
            return Backend(configuration: BackendConfiguration(id: id, endpoints: []), isWithoutEndpoints: false)
        }
        let slices = slices[id.service] ?? []
        let endpoints = EndpointSelection.endpoints(of: id, service: service, slices: slices)
        return Backend(
            configuration: BackendConfiguration(id: id, endpoints: endpoints),
            isWithoutEndpoints: slices.isEmpty && service.spec.type != .externalName)
    }
}

extension Stored<EndpointSlice> {
    /// The Service that the slice belongs to, always of the slice's own namespace.
    fileprivate var service: ObjectName? {
        object.serviceName.map { ObjectName(namespace: name.namespace, name: $0) }
    }
}
