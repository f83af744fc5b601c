import GatewayAPI
import KubernetesTypes
import Routing

/// The route that refers to a backend.
struct BackendReferrer {
    var kind: RouteKind
    /// What references without one mean.
    var namespace: String
}

/// Resolves references to backends, of backendRefs as well as of filters.
struct BackendResolution {
    var state: ClusterState
    var externalNameServices: ReconcilerSettings.ExternalNamePolicy
    var policies: PolicyIndex
    var material: KeyMaterial

    var tls: BackendTLSResolution { BackendTLSResolution(state: state, material: material, policies: policies) }

    struct Resolved {
        /// What the reference leads to. nil when it leads nowhere, or to what the route must not know of.
        var target: BackendTarget?
        var result: Result
    }

    enum Result {
        case backend(BackendID)
        /// Requests that this reference would have got are answered with 500.
        case invalid(UnresolvedReference)

        static func invalid(_ reason: RouteConditionReason, _ finding: Finding) -> Result {
            .invalid(UnresolvedReference(reason: reason, finding: finding))
        }
    }

    /// - Parameter path: of the reference.
    func resolve(
        _ reference: BackendObjectReference, from referrer: BackendReferrer, at path: FieldPath
    ) -> Resolved {
        let namespace = referrer.namespace
        let kind = GroupKind(group: reference.group, kind: reference.kind)
        let name = ObjectName(namespace: reference.namespace ?? namespace, name: reference.name)
        if kind == XBackend.groupKind {
            return resolveExternal(name, port: reference.port, from: referrer, at: path)
        }
        let access = CrossNamespaceReference(
            from: referrer.kind.groupKind, fromNamespace: namespace, to: kind, target: name)
        guard access.isGranted(in: state) else {
            return Resolved(
                result: .invalid(.refNotPermitted, access.refusal(at: path.field("namespace"), in: state)))
        }
        guard kind == Service.groupKind else {
            return Resolved(
                result: .invalid(
                    .invalidKind,
                    Finding(
                        .backendKind, path.field("kind"), "\(kind) cannot be a backend.",
                        help: "Refer to a Service (group \"\").")))
        }
        guard let service = state.services[name] else {
            return Resolved(result: .invalid(.backendNotFound, missingService(name, at: path)))
        }
        return Resolved(
            target: BackendTarget(kind: .service, name: name),
            result: resolve(service, name, port: reference.port, for: referrer.kind, at: path))
    }

    private func missingService(_ name: ObjectName, at path: FieldPath) -> Finding {
        // Comparing costs time, and in a large namespace something always looks similar.
        let neighbours = state.services.inNamespace(name.namespace).prefix(Self.suggestionLimit + 1)
        let suggestion =
            neighbours.count <= Self.suggestionLimit
            ? KubernetesTypes.suggestion(for: name.name, among: neighbours.map(\.name.name)) : nil
        return Finding(
            .serviceMissing, path.field("name"), "Service \(name) does not exist.",
            help: suggestion.map { "Is \($0) meant?" } ?? "Create it, or correct the name.")
    }

    private static let suggestionLimit = 100
}
