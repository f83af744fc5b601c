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

/// Why a listener does not take a route.
struct ListenerObjection {
    /// The rest of a sentence that begins with the listener.
    var text: String
    /// A sentence: what would change it.
    var help: String
}

extension AttachmentListener {
    /// nil when routes of the namespace are admitted (`allowedRoutes.namespaces`).
    func objection(to namespace: RouteNamespace, gatewayNamespace: String) -> ListenerObjection? {
        switch namespaces.from {
        case .all:
            return nil
        case .same:
            if namespace.name == gatewayNamespace { return nil }
            return ListenerObjection(
                text: "takes routes only from its own namespace \(gatewayNamespace), not from \(namespace.name)",
                help: "Let the listener have allowedRoutes.namespaces.from: All or Selector, or move the route.")
        case .selector:
            return selectorObjection(to: namespace)
        case .none, .unrecognized:
            return ListenerObjection(
                text: "takes no routes, since allowedRoutes.namespaces.from is \(namespaces.from)",
                help: "Write All, Same or Selector.")
        }
    }

    private func selectorObjection(to namespace: RouteNamespace) -> ListenerObjection? {
        guard let selector = namespaces.selector else {
            return ListenerObjection(
                text: "selects namespaces, but has no selector", help: "Add allowedRoutes.namespaces.selector.")
        }
        guard let labels = namespace.labels else {
            return ListenerObjection(
                text: "selects namespaces by label, and there is no Namespace \(namespace.name)", help: "Create it.")
        }
        if selector.matches(labels) { return nil }
        for (key, value) in selector.matchLabels.sorted(by: { $0.key < $1.key }) where labels[key] != value {
            return ListenerObjection(
                text: "takes routes from namespaces with the label \(key)=\(value), and \(namespace.describe(key))",
                help: "Give namespace \(namespace.name) the label \(key)=\(value).")
        }
        for requirement in selector.matchExpressions where !requirement.matches(labels) {
            return ListenerObjection(
                text: "takes routes from namespaces \(requirement.wording), and \(namespace.describe(requirement.key))",
                help: "Change the labels of namespace \(namespace.name).")
        }
        return nil
    }
}

extension RouteNamespace {
    fileprivate func describe(_ label: String) -> String {
        "namespace \(name) has " + (labels?[label].map { "\(label)=\($0)" } ?? "no label \(label)")
    }
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
