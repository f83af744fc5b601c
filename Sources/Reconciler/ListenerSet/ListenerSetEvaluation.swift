import GatewayAPI
import KubernetesTypes
import Routing

/// What is found out about one ListenerSet of one of our Gateways, apart from its listeners, which are evaluated with
/// those of the Gateway (GEP-1713).
struct ListenerSetEvaluation: Sendable, Hashable {
    let name: ObjectName
    let key: ObjectKey
    let observedGeneration: Int64?
    /// Its listeners among all listeners of the Gateway.
    let listeners: Range<Int>
    /// Why the Gateway does not admit the set.
    let refusal: Finding?

    /// - Parameter firstListener: where its listeners begin among those of the Gateway.
    init(
        _ set: ListenerSet, of gateway: Gateway, firstListener: Int, state: ClusterState, settings: ReconcilerSettings
    ) {
        name = ObjectName(set.metadata)
        key = set.key
        observedGeneration = set.metadata.observedGeneration
        listeners = firstListener..<(firstListener + set.spec.listeners.count)
        refusal = Self.refusal(of: set, by: gateway, state: state, settings: settings)
    }

    /// The handshake: the set names the Gateway, and the Gateway's `allowedListeners` (none by default) the namespaces
    /// whose sets it takes.
    private static func refusal(
        of set: ListenerSet, by gateway: Gateway, state: ClusterState, settings: ReconcilerSettings
    ) -> Finding? {
        let path = FieldPath("spec.parentRef")
        guard let namespaces = gateway.spec.allowedListeners?.namespaces, namespaces.from != .none else {
            return Finding(
                .listenerSetNotAllowed, path, "Gateway \(ObjectName(gateway.metadata)) takes no ListenerSets.",
                help: "Let the Gateway have allowedListeners.namespaces.from: Same, Selector or All.")
        }
        let admission = NamespaceAdmission(namespaces, ownNamespace: gateway.metadata.namespace)
        let namespace = AdmittedNamespace(set.metadata.namespace, in: state, settings: settings)
        return admission.objection(to: namespace).map { objection in
            Finding(
                .listenerSetNotAllowed, path, "Gateway \(ObjectName(gateway.metadata)) \(objection.text).",
                help: objection.help)
        }
    }
}

/// The ListenerSets of a state by the Gateway that they name.
struct ListenerSetParents {
    /// In conflict order.
    private(set) var sets: [ObjectName: [ListenerSet]] = [:]
    /// Sets whose parent is not a Gateway at all.
    private(set) var orphans: [(set: ListenerSet, finding: Finding)] = []

    init(_ state: ClusterState) {
        for stored in state.listenerSets.entries {
            let parent = stored.object.spec.parentRef
            let kind = GroupKind(group: parent.group, kind: parent.kind)
            if kind == Gateway.groupKind {
                let name = ObjectName(namespace: parent.namespace ?? stored.name.namespace, name: parent.name)
                sets[name, default: []].append(stored.object)
            } else {
                let finding = Finding(
                    .listenerSetParentKind, FieldPath("spec.parentRef.kind"),
                    "The parent of a ListenerSet is a Gateway, not \(kind), so the set is ignored.",
                    help: "Refer to a Gateway.")
                orphans.append((stored.object, finding))
            }
        }
        for name in sets.keys {
            sets[name]?.sort {
                ConflictOrder.precedes(
                    ($0.metadata.creationTimestamp, ObjectName($0.metadata)),
                    ($1.metadata.creationTimestamp, ObjectName($1.metadata)))
            }
        }
    }
}
