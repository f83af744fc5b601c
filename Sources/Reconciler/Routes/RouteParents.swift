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
                    if environment.settings.standalone, environment.parents[name] == nil {
                        findings.append(
                            Finding(path.field("name"), "Gateway \(name) does not exist.", help: "Nothing is attached."))
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
            attach(to: listeners, of: attachment.target, isCounted: rules.refusal == nil)
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
