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

    init<Route: ReconciledRoute>(_ route: Route, rules: RouteTranslation, environment: RouteEnvironment) {
        let admission = Admission(
            namespace: AdmittedNamespace(
                route.metadata.namespace, in: environment.state, settings: environment.settings),
            hostnames: RouteHostnames(route.hostnames), kind: Route.routeKind)
        for (index, reference) in route.parentRefs.enumerated() {
            let path = FieldPath("spec.parentRefs").index(index)
            switch ParentRefKind(reference, routeNamespace: route.metadata.namespace, at: path) {
            case .notServed(let finding):
                findings.append(finding)
            case .parent(let name):
                guard case .ours(let target)? = environment.parents[name] else {
                    // In a cluster it may be on its way, or somebody else's.
                    if environment.settings.standalone, environment.parents[name] == nil {
                        findings.append(Self.missing(name, at: path, among: environment.parents.keys))
                    }
                    continue
                }
                add(reference, to: target, at: path, admission, route.metadata, rules)
            }
        }
        addDefaultGateways(of: route, admission, rules, environment)
        if hasParent { findings += admission.hostnames.findings.map(\.asWarning) }
    }

    /// What listeners look at.
    private struct Admission {
        var namespace: AdmittedNamespace
        var hostnames: RouteHostnames
        var kind: RouteKind
    }

    /// The default Gateways are parents although the spec does not name them (GEP-3793), unless it does.
    private mutating func addDefaultGateways(
        of route: some GatewayRoute, _ admission: Admission, _ rules: RouteTranslation,
        _ environment: RouteEnvironment
    ) {
        guard route.useDefaultGateways == .all else { return }
        for name in environment.defaultGateways {
            let isNamed = route.parentRefs.contains {
                ParentName($0, routeNamespace: route.metadata.namespace) == name && $0.sectionName == nil
                    && $0.port == nil
            }
            guard !isNamed, case .ours(let target)? = environment.parents[name] else { continue }
            let reference = ParentReference(namespace: name.name.namespace, name: name.name.name)
            add(reference, to: target, at: FieldPath("spec.useDefaultGateways"), admission, route.metadata, rules)
        }
    }

    private static func missing(
        _ parent: ParentName, at path: FieldPath, among parents: some Sequence<ParentName>
    ) -> Finding {
        let name = parent.name
        let sorted = parents.lazy.filter { $0.kind == parent.kind }.map(\.name).sorted()
        let message = "\(parent) does not exist."
        if let elsewhere = sorted.first(where: { $0.name == name.name }) {
            return Finding(
                .missingParent, path.field("namespace"), message,
                help: "If \(parent.kind.rawValue) \(elsewhere) is meant, write namespace: \(elsewhere.namespace).")
        }
        let neighbours = sorted.filter { $0.namespace == name.namespace }.map(\.name)
        let suggestion = suggestion(for: name.name, among: neighbours)
        return Finding(
            .missingParent, path.field("name"), message,
            help: suggestion.map { "Is \($0) meant?" } ?? "Create it, or correct the name.")
    }

    private mutating func add(
        _ reference: ParentReference, to target: AttachmentTarget, at path: FieldPath, _ admission: Admission,
        _ metadata: ObjectMeta, _ rules: RouteTranslation
    ) {
        let attachment = ParentRefAttachment(
            reference, to: target, namespace: admission.namespace, hostnames: admission.hostnames,
            kind: admission.kind, at: path)
        func condition(
            _ type: RouteConditionType, _ status: Condition.Status, _ reason: RouteConditionReason, _ message: String
        ) -> Condition {
            Condition(
                type, status, reason, message: message, observedGeneration: metadata.observedGeneration)
        }
        var conditions: [Condition] = []
        switch attachment.result {
        case .refused(let reason, let finding):
            findings.append(finding)
            conditions.append(condition(.accepted, .false, reason, finding.text))
        case .attached(let listeners):
            let isAccepted = rules.refusal == nil
            if isAccepted || rules.hasRules {
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
        for (index, hostnames) in listeners {
            let listener = target.firstListener + index
            guard !attachments.contains(where: { $0.gateway == target.gateway && $0.listener == listener }) else {
                continue
            }
            attachments.append(
                RouteEvaluation.Attachment(
                    gateway: target.gateway, listener: listener, hostnames: hostnames, isCounted: isCounted))
        }
    }
}
