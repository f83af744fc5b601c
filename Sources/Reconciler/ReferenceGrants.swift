import GatewayAPI
import KubernetesTypes
import Routing

/// References into other namespaces and the ReferenceGrants that allow them (GEP-709).
struct CrossNamespaceReference {
    /// Kind and namespace of the object that refers.
    var from: GroupKind
    var fromNamespace: String
    /// The object referred to; it need not exist.
    var to: GroupKind
    var target: ObjectName

    /// A grant lives in the target's namespace; one of its `from` entries must fit together with any `to` entry.
    func isGranted(in state: ClusterState) -> Bool {
        if fromNamespace == target.namespace { return true }
        return state.referenceGrants.inNamespace(target.namespace).contains { grant in
            grant.object.spec.from.contains(where: fits) && grant.object.spec.to.contains(where: fits)
        }
    }

    private func fits(_ entry: ReferenceGrantFrom) -> Bool {
        entry.group == from.group && entry.kind == from.kind && entry.namespace == fromNamespace
    }

    private func fits(_ entry: ReferenceGrantTo) -> Bool {
        entry.group == to.group && entry.kind == to.kind && (entry.name ?? target.name) == target.name
    }

    /// What to say when it is not granted.
    func refusal(at path: FieldPath, in state: ClusterState) -> Finding {
        Finding(
            .refNotPermitted, path,
            "\(from.kind) in namespace \(fromNamespace) may not refer to \(to.kind) \(target): "
                + (nearMiss(in: state) ?? "namespace \(target.namespace) has no ReferenceGrant for it."),
            help:
                "Allow it with a ReferenceGrant in namespace \(target.namespace): from {group: \(quoted(from.group)), "
                + "kind: \(from.kind), namespace: \(fromNamespace)}, to {group: \(quoted(to.group)), kind: \(to.kind), "
                + "name: \(target.name)}.")
    }

    private func quoted(_ group: String) -> String { group.isEmpty ? "\"\"" : group }

    /// The first grant that was meant to be the one, as far as one can tell.
    private func nearMiss(in state: ClusterState) -> String? {
        for stored in state.referenceGrants.inNamespace(target.namespace) {
            let spec = stored.object.spec
            if spec.from.contains(where: fits) {
                let targets = spec.to.map { $0.name.map { "named \($0)" } ?? "of kind \(GroupKind($0))" }
                return "ReferenceGrant \(stored.name) grants only objects \(Wording.list(targets))."
            }
            if spec.to.contains(where: fits) {
                let sources = spec.from.map { "\(GroupKind(group: $0.group, kind: $0.kind)) in \($0.namespace)" }
                return "ReferenceGrant \(stored.name) grants it only to \(Wording.list(sources))."
            }
        }
        return nil
    }
}

extension GroupKind {
    fileprivate init(_ entry: ReferenceGrantTo) {
        self.init(group: entry.group, kind: entry.kind)
    }
}
