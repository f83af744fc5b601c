import GatewayAPI
import KubernetesTypes
import Routing

/// A namespace as the selectors of `allowedRoutes.namespaces` and `allowedListeners.namespaces` see it.
struct AdmittedNamespace: Sendable, Hashable {
    var name: String
    /// nil when there is no such Namespace.
    var labels: [String: String]?

    init(_ name: String, in state: ClusterState, settings: ReconcilerSettings) {
        self.name = name
        labels = state.namespaces[ObjectName(namespace: "", name: name)]?.metadata.labels
        // The API server puts this label on every Namespace, whatever the manifest says.
        if labels != nil || settings.standalone { labels = (labels ?? [:]).merging([Namespace.nameLabel: name]) { $1 } }
    }

    fileprivate func describe(_ label: String) -> String {
        "namespace \(name) has " + (labels?[label].map { "\(label)=\($0)" } ?? "no label \(label)")
    }
}

/// Why a listener does not take a route, or a Gateway a ListenerSet.
struct Objection {
    /// The rest of a sentence that begins with the host.
    var text: String
    /// A sentence: what would change it.
    var help: String
}

/// `namespaces` of `allowedRoutes` and of `allowedListeners`: from where guests are taken.
struct NamespaceAdmission {
    var from: FromNamespaces
    var selector: LabelSelector?
    /// Of the object that holds the field; what "Same" means.
    var ownNamespace: String
    /// What is admitted: `routes`, `ListenerSets`.
    var guests: String
    /// The field: `allowedRoutes.namespaces`.
    var field: String
    /// What to do when the host takes guests only from its own namespace.
    var helpForSame: String

    init(_ namespaces: RouteNamespaces, ownNamespace: String) {
        self.init(
            from: namespaces.from, selector: namespaces.selector, ownNamespace: ownNamespace, guests: "routes",
            field: "allowedRoutes.namespaces",
            helpForSame: "Let the listener have allowedRoutes.namespaces.from: All or Selector, or move the route.")
    }

    init(_ namespaces: ListenerNamespaces, ownNamespace: String) {
        self.init(
            from: namespaces.from, selector: namespaces.selector, ownNamespace: ownNamespace, guests: "ListenerSets",
            field: "allowedListeners.namespaces",
            helpForSame:
                "Let the Gateway have allowedListeners.namespaces.from: All or Selector, or move the ListenerSet.")
    }

    private init(
        from: FromNamespaces, selector: LabelSelector?, ownNamespace: String, guests: String, field: String,
        helpForSame: String
    ) {
        self.from = from
        self.selector = selector
        self.ownNamespace = ownNamespace
        self.guests = guests
        self.field = field
        self.helpForSame = helpForSame
    }

    /// nil when guests of the namespace are admitted.
    func objection(to namespace: AdmittedNamespace) -> Objection? {
        switch from {
        case .all:
            return nil
        case .same:
            if namespace.name == ownNamespace { return nil }
            return Objection(
                text: "takes \(guests) only from its own namespace \(ownNamespace), not from \(namespace.name)",
                help: helpForSame)
        case .selector:
            return selectorObjection(to: namespace)
        case .none, .unrecognized:
            return Objection(
                text: "takes no \(guests), since \(field).from is \(from)", help: "Write All, Same or Selector.")
        }
    }

    private func selectorObjection(to namespace: AdmittedNamespace) -> Objection? {
        guard let selector else {
            return Objection(text: "selects namespaces, but has no selector", help: "Add \(field).selector.")
        }
        guard let labels = namespace.labels else {
            return Objection(
                text: "selects namespaces by label, and there is no Namespace \(namespace.name)", help: "Create it.")
        }
        if selector.matches(labels) { return nil }
        for (key, value) in selector.matchLabels.sorted(by: { $0.key < $1.key }) where labels[key] != value {
            return Objection(
                text: "takes \(guests) from namespaces with the label \(key)=\(value), and \(namespace.describe(key))",
                help: "Give namespace \(namespace.name) the label \(key)=\(value).")
        }
        for requirement in selector.matchExpressions where !requirement.matches(labels) {
            return Objection(
                text: "takes \(guests) from namespaces \(requirement.wording), and "
                    + namespace.describe(requirement.key),
                help: "Change the labels of namespace \(namespace.name).")
        }
        return nil
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
