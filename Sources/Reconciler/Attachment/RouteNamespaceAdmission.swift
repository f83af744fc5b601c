import GatewayAPI
import KubernetesTypes
import Routing

/// The namespace of a route, as `allowedRoutes.namespaces` sees it.
struct RouteNamespace: Sendable, Hashable {
    var name: String
    /// nil when there is no such Namespace.
    var labels: [String: String]?

    init(_ name: String, in state: ClusterState, settings: ReconcilerSettings) {
        self.name = name
        labels = state.namespaces[ObjectName(namespace: "", name: name)]?.metadata.labels
        // The API server puts this label on every Namespace, whatever the manifest says.
        if labels != nil || settings.standalone { labels = (labels ?? [:]).merging([Namespace.nameLabel: name]) { $1 } }
    }
}

extension AttachmentListener {
    /// Why routes of the namespace are not admitted, as the rest of a sentence that begins with the listener's name;
    /// nil when they are.
    func objection(to namespace: RouteNamespace, gatewayNamespace: String) -> String? {
        switch namespaces.from {
        case .all: nil
        case .same:
            namespace.name == gatewayNamespace
                ? nil : "takes routes only from its own namespace \(gatewayNamespace), not from \(namespace.name)"
        case .selector: selectorObjection(to: namespace)
        case .none, .unrecognized: "takes no routes (allowedRoutes.namespaces.from is \(namespaces.from))"
        }
    }

    private func selectorObjection(to namespace: RouteNamespace) -> String? {
        guard let selector = namespaces.selector else { return "selects namespaces, but has no selector" }
        guard let labels = namespace.labels else {
            return "selects namespaces by label, and there is no Namespace \(namespace.name)"
        }
        if selector.matches(labels) { return nil }
        for (key, value) in selector.matchLabels.sorted(by: { $0.key < $1.key }) where labels[key] != value {
            return "takes routes from namespaces with the label \(key)=\(value), and namespace \(namespace.name) "
                + labels[key].map { "has \(key)=\($0)" }.orNone(key)
        }
        for requirement in selector.matchExpressions where !requirement.matches(labels) {
            return "takes routes from namespaces \(requirement.wording), and namespace \(namespace.name) "
                + labels[requirement.key].map { "has \(requirement.key)=\($0)" }.orNone(requirement.key)
        }
        return nil
    }
}

extension String? {
    fileprivate func orNone(_ label: String) -> String { self ?? "has no label \(label)" }
}

extension LabelSelectorRequirement {
    fileprivate var wording: String {
        switch self.operator {
        case .in: "whose label \(key) is \(Wording.list(values, conjunction: "or"))"
        case .notIn: "whose label \(key) is not \(Wording.list(values, conjunction: "or"))"
        case .exists: "with a label \(key)"
        case .doesNotExist: "without a label \(key)"
        }
    }
}
