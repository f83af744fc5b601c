import GatewayAPI
import KubernetesTypes
import Routing

/// What kind of parent a parentRef names.
enum ParentRefKind {
    case gateway(ObjectName)
    /// Not a parent that this version knows; there is no status for it, but the author should know.
    case notServed(Finding)

    init(_ reference: ParentReference, routeNamespace: String, at path: FieldPath) {
        switch (reference.group, reference.kind) {
        case (gatewayAPIGroup, Gateway.groupKind.kind):
            self = .gateway(ObjectName(namespace: reference.namespace ?? routeNamespace, name: reference.name))
        case ("", "Service"):
            self = .notServed(
                Finding(
                    path, "A Service as parent means mesh traffic, which is not served by this version.",
                    help: "Attach the route to a Gateway to serve traffic from outside."))
        default:
            let kind = GroupKind(group: reference.group, kind: reference.kind)
            self = .notServed(
                Finding(path, "Parents of kind \(kind) are not served by this version.", help: "Refer to a Gateway."))
        }
    }
}
