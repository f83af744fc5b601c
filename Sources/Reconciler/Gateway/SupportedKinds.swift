import GatewayAPI
import KubernetesTypes

extension ListenerEvaluation {
    /// Fills `supportedKinds` from the protocol and `allowedRoutes.kinds`.
    mutating func resolveRouteKinds() {
        let requested = spec.allowedRoutes.kinds
        let served = RouteKind.carried(by: spec.protocol).map(\.routeGroupKind)
        guard !requested.isEmpty else {
            supportedKinds = served
            return
        }
        for (index, kind) in requested.enumerated() {
            if served.contains(kind) {
                if !supportedKinds.contains(kind) { supportedKinds.append(kind) }
            } else if let finding = objection(to: kind, at: path.field("allowedRoutes").field("kinds").index(index)) {
                addUnresolved(.invalidRouteKinds, finding)
            }
        }
    }

    private func objection(to kind: RouteGroupKind, at path: FieldPath) -> Finding? {
        let carried = RouteKind.carried(by: spec.protocol).map(\.routeGroupKind)
        // Of an unknown protocol nobody can say what it carries.
        guard !carried.isEmpty else { return nil }
        return Finding(
            .invalidRouteKind, path, "A listener of protocol \(spec.protocol) cannot carry \(kind.description).",
            help: "It can carry \(Wording.list(carried.map(\.description))).")
    }
}

extension RouteGroupKind {
    /// The group is only worth mentioning where it is not the usual one.
    var description: String { group == gatewayAPIGroup ? kind : "\(GroupKind(group: group, kind: kind))" }
}
