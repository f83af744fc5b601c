import GatewayAPI
import KubernetesTypes
import Routing

/// All parentRefs of a route, each of which has its own status.
struct RouteParents {
    private(set) var attachments: [RouteEvaluation.Attachment] = []
    private(set) var statuses: [RouteParentStatus] = []
    private(set) var findings: [Finding] = []

    /// Whether one of our Gateways is a parent; otherwise the route is none of our business.
    var hasParent: Bool { !statuses.isEmpty }

    init(_ route: HTTPRoute, rules: RouteRules, environment: RouteEnvironment) {
        let namespace = RouteNamespace(
            route.metadata.namespace, in: environment.state, settings: environment.settings)
        let hostnames = RouteHostnames(route.spec.hostnames)
        for (index, reference) in route.spec.parentRefs.enumerated() {
            let path = FieldPath("spec.parentRefs").index(index)
            switch ParentRefKind(reference, routeNamespace: namespace.name, at: path) {
            case .notServed(let finding):
                findings.append(finding)
            case .gateway(let name):
                guard case .ours(let target)? = environment.parents[name] else {
                    // In a cluster it may be on its way, or somebody else's.
                    if environment.settings.standalone, environment.parents[name] == nil {
                        findings.append(Self.missing(name, at: path, among: environment.parents.keys))
                    }
                    continue
                }
                let attachment = ParentRefAttachment(
                    reference, to: target, namespace: namespace, hostnames: hostnames, at: path)
                add(attachment, of: reference, route, rules)
            }
        }
        if hasParent { findings += hostnames.findings }
    }

    private static func missing(
        _ name: ObjectName, at path: FieldPath, among gateways: some Sequence<ObjectName>
    ) -> Finding {
        let sorted = gateways.sorted()
        let message = "Gateway \(name) does not exist."
        if let elsewhere = sorted.first(where: { $0.name == name.name }) {
            return Finding(
                path.field("namespace"), message,
                help: "If Gateway \(elsewhere) is meant, write namespace: \(elsewhere.namespace).")
        }
        let neighbours = sorted.filter { $0.namespace == name.namespace }.map(\.name)
        let suggestion = suggestion(for: name.name, among: neighbours)
        return Finding(
            path.field("name"), message,
            help: suggestion.map { "Is \($0) meant?" } ?? "Create it, or correct the name.")
    }

    private mutating func add(
        _ attachment: ParentRefAttachment, of reference: ParentReference, _ route: HTTPRoute, _ rules: RouteRules
    ) {
        func condition(
            _ type: RouteConditionType, _ status: Condition.Status, _ reason: RouteConditionReason, _ message: String
        ) -> Condition {
            Condition(
                type, status, reason, message: message, observedGeneration: route.metadata.observedGeneration)
        }
        var conditions: [Condition] = []
        switch attachment.result {
        case .refused(let reason, let finding):
            findings.append(finding)
            conditions.append(condition(.accepted, .false, reason, finding.text))
        case .attached(let listeners):
            let isAccepted = rules.refusal == nil
            if isAccepted || !rules.configurations.isEmpty {
                attach(to: listeners, of: attachment.target, isCounted: isAccepted)
            }
            if let refusal = rules.refusal {
                conditions.append(condition(.accepted, .false, refusal.reason, refusal.message))
            } else {
                let names = listeners.map { attachment.target.listeners[$0.listener].name }
                conditions.append(
                    condition(.accepted, .true, .accepted, "Attached to listener \(Wording.list(names))."))
            }
        }
        if let unresolved = rules.unresolved {
            conditions.append(condition(.resolvedRefs, .false, unresolved.reason, unresolved.message))
        } else {
            conditions.append(condition(.resolvedRefs, .true, .resolvedRefs, "All references are resolved."))
        }
        if let partial = rules.partialInvalidity {
            conditions.append(condition(.partiallyInvalid, .true, partial.reason, partial.message))
        }
        statuses.append(
            RouteParentStatus(
                parentRef: reference, controllerName: attachment.target.controllerName, conditions: conditions))
    }

    /// Two parentRefs may lead to the same listener; the route is there once.
    private mutating func attach(
        to listeners: [(listener: Int, hostnames: [HostnamePattern])], of target: AttachmentTarget, isCounted: Bool
    ) {
        for (listener, hostnames) in listeners
        where !attachments.contains(where: { $0.gateway == target.name && $0.listener == listener }) {
            attachments.append(
                RouteEvaluation.Attachment(
                    gateway: target.name, listener: listener, hostnames: hostnames, isCounted: isCounted))
        }
    }
}
