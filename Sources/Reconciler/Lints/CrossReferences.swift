import GatewayAPI
import KubernetesTypes
import Routing

/// All references into other namespaces that a grant can allow.
struct CrossReferences {
    struct Reference {
        var from: GroupKind
        var fromNamespace: String
        var to: GroupKind
        var target: ObjectName
    }

    private(set) var all: [Reference] = []
    /// Routes with parents in other namespaces, which need no grant.
    private var parents: [(namespace: String, kind: GroupKind, parent: ObjectName)] = []
    private var holders: Set<[String]> = []

    init(_ state: ClusterState) {
        for stored in state.httpRoutes.entries { add(stored.object) }
        for stored in state.grpcRoutes.entries { add(stored.object) }
        for stored in state.tlsRoutes.entries { add(stored.object) }
        for stored in state.tcpRoutes.entries { add(stored.object) }
        for stored in state.udpRoutes.entries { add(stored.object) }
        for stored in state.gateways.entries { add(stored.object) }
        for stored in state.listenerSets.entries { add(stored.object) }
    }

    /// Whether references of objects of the kind are known here.
    func knows(_ kind: GroupKind) -> Bool {
        RouteKind.allCases.contains { $0.groupKind == kind }
            || [Gateway.groupKind, ListenerSet.groupKind].contains(kind)
    }

    /// Whether there is an object of the kind in the namespace.
    func has(_ kind: GroupKind, in namespace: String) -> Bool { holders.contains([kind.kind, namespace]) }

    private mutating func add<Route: ReconciledRoute>(_ route: Route) {
        let (kind, namespace) = (Route.routeKind.groupKind, route.metadata.namespace)
        holders.insert([kind.kind, namespace])
        for parent in route.parentRefs {
            guard let other = parent.namespace, other != namespace else { continue }
            parents.append(
                (
                    namespace, GroupKind(group: parent.group, kind: parent.kind),
                    ObjectName(namespace: other, name: parent.name)
                )
            )
        }
        for backend in route.backendReferences {
            add(
                kind, namespace, GroupKind(group: backend.group, kind: backend.kind), backend.namespace, backend.name)
        }
    }

    private mutating func add(_ gateway: Gateway) {
        let namespace = gateway.metadata.namespace
        holders.insert([Gateway.groupKind.kind, namespace])
        var secrets = gateway.spec.listeners.flatMap { $0.tls?.certificateRefs ?? [] }
        if let reference = gateway.spec.tls?.backend?.clientCertificateRef { secrets.append(reference) }
        for reference in secrets {
            add(
                Gateway.groupKind, namespace, GroupKind(group: reference.group, kind: reference.kind),
                reference.namespace, reference.name)
        }
        guard let frontend = gateway.spec.tls?.frontend else { return }
        let validations = ([frontend.default] + frontend.perPort.map(\.tls)).compactMap(\.validation)
        for reference in validations.flatMap(\.caCertificateRefs) {
            add(
                Gateway.groupKind, namespace, GroupKind(group: reference.group, kind: reference.kind),
                reference.namespace, reference.name)
        }
    }

    private mutating func add(_ set: ListenerSet) {
        holders.insert([ListenerSet.groupKind.kind, set.metadata.namespace])
        for reference in set.spec.listeners.flatMap({ $0.tls?.certificateRefs ?? [] }) {
            add(
                ListenerSet.groupKind, set.metadata.namespace,
                GroupKind(group: reference.group, kind: reference.kind), reference.namespace, reference.name)
        }
    }

    private mutating func add(
        _ from: GroupKind, _ namespace: String, _ to: GroupKind, _ other: String?, _ name: String
    ) {
        guard let other, other != namespace else { return }
        all.append(
            Reference(
                from: from, fromNamespace: namespace, to: to, target: ObjectName(namespace: other, name: name)))
    }

    /// Why a grant that nobody uses may have been written: things in its own namespace refer to the other one.
    func reverse(of grant: ReferenceGrant, _ from: ReferenceGrantFrom) -> (fact: String, advice: String)? {
        let own = grant.metadata.namespace
        let reversed = all.first { $0.fromNamespace == own && $0.target.namespace == from.namespace }
        if let reversed {
            return (
                "It is the \(reversed.from.kind)s of \(own) that refer to \(reversed.to.kind) \(reversed.target).",
                "Such a grant belongs into namespace \(from.namespace), with from namespace \(own)."
            )
        }
        guard let parent = parents.first(where: { $0.namespace == own && $0.parent.namespace == from.namespace }) else {
            return nil
        }
        return (
            "It is the routes of \(own) that refer to \(parent.kind.kind) \(parent.parent), and parentRefs need no grant: "
                + "allowedRoutes of the listener decides.",
            "Take the grant out, and let a listener of \(parent.kind.kind) \(parent.parent) admit namespace \(own)."
        )
    }
}
