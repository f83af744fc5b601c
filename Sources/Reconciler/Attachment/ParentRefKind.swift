import GatewayAPI
import KubernetesTypes
import Routing

/// What kind of parent a parentRef names.
enum ParentRefKind {
    case parent(ParentName)
    /// Not a parent that this version knows; there is no status for it, but the author should know.
    case notServed(Finding)

    init(_ reference: ParentReference, routeNamespace: String, at path: FieldPath) {
        if let parent = ParentName(reference, routeNamespace: routeNamespace) {
            self = .parent(parent)
        } else if reference.group.isEmpty, reference.kind == Service.groupKind.kind {
            self = .notServed(
                Finding(
                    .meshParent, path,
                    "A Service as parent means mesh traffic, which is not served by this version.",
                    help: "Attach the route to a Gateway to serve traffic from outside."))
        } else {
            let kind = GroupKind(group: reference.group, kind: reference.kind)
            self = .notServed(
                Finding(
                    .unknownParentKind, path, "Parents of kind \(kind) are not served by this version.",
                    help: "Refer to a Gateway or a ListenerSet."))
        }
    }
}

extension ParentName {
    /// nil when the reference is to an object of another kind.
    init?(_ reference: ParentReference, routeNamespace: String) {
        guard reference.group == gatewayAPIGroup, let kind = Kind(rawValue: reference.kind) else { return nil }
        self.init(
            kind: kind, name: ObjectName(namespace: reference.namespace ?? routeNamespace, name: reference.name))
    }
}
