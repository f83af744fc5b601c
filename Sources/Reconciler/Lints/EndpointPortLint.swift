import GatewayAPI
import KubernetesTypes
import Routing

/// EndpointSlices whose ports do not have the name that the Service's port has: the Service has no endpoints then
/// (discovery/v1: ports are found by name).
enum EndpointPortLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        var slices: [ObjectName: [EndpointSlice]] = [:]
        for stored in context.state.endpointSlices.entries {
            guard let service = stored.object.metadata.labels[EndpointSlice.serviceNameLabel] else { continue }
            slices[ObjectName(namespace: stored.name.namespace, name: service), default: []].append(stored.object)
        }
        return context.state.services.entries.flatMap { stored -> [Diagnostic] in
            guard let slices = slices[stored.name], slices.contains(where: { !$0.endpoints.isEmpty }) else { return [] }
            return stored.object.spec.ports.enumerated().compactMap { index, port in
                diagnostic(stored.object, port, index: index, slices)
            }
        }
    }

    private static func diagnostic(
        _ service: Service, _ port: ServicePort, index: Int, _ slices: [EndpointSlice]
    ) -> Diagnostic? {
        let names = slices.flatMap(\.ports).filter { $0.protocol == port.protocol }.map(\.name)
        guard !names.contains(port.name) else { return nil }
        var existing: [String] = []
        for name in names where !existing.contains(called(name)) { existing.append(called(name)) }
        let has = existing.isEmpty ? "no port of protocol \(port.protocol.rawValue)" : Wording.list(existing)
        return Diagnostic(
            object: service.key, code: .endpointPortName, severity: .warning,
            path: FieldPath("spec.ports").index(index).field("name"),
            message:
                "Port \(port.port) of the Service, \(called(port.name)), has no endpoints: its EndpointSlices have "
                + "\(has).",
            help: "Ports are found by name: give the port of the EndpointSlice the name of the Service's port.")
    }

    private static func called(_ name: String) -> String { name.isEmpty ? "a port without name" : "port \(name)" }
}
