import GatewayAPI
import KubernetesTypes
import Routing

/// What one parentRef of a route comes to.
struct ParentRefAttachment {
    enum Result {
        /// The listeners that take the route, by index, with the hostnames it serves there. Never empty.
        case attached([(listener: Int, hostnames: [HostnamePattern])])
        case refused(RouteConditionReason, Finding)
    }

    var target: AttachmentTarget
    var result: Result

    /// - Parameter path: of the parentRef.
    init(
        _ reference: ParentReference, to target: AttachmentTarget, namespace: AdmittedNamespace,
        hostnames: RouteHostnames, kind: RouteKind, at path: FieldPath
    ) {
        self.target = target
        let named = target.listeners.indices.filter { target.listeners[$0].isMeant(by: reference) }
        guard !named.isEmpty else {
            result = .refused(.noMatchingParent, Self.noMatchingParent(reference, target, at: path))
            return
        }
        let objections = named.map { target.listeners[$0].objection(to: kind, from: namespace, of: target) }
        let willing = zip(named, objections).filter { $1 == nil }.map(\.0)
        guard !willing.isEmpty else {
            result = .refused(.notAllowedByListeners, Self.notAllowed(objections.compactMap(\.self), target, at: path))
            return
        }
        let attached = willing.map { listener in
            let common = kind.hasHostnames ? hostnames.intersection(target.listeners[listener].hostname) : [.any]
            return (listener: listener, hostnames: common)
        }
        .filter { !$0.hostnames.isEmpty }
        if attached.isEmpty {
            let listeners = willing.map { target.listeners[$0] }
            result = .refused(.noMatchingListenerHostname, Self.noHostname(hostnames, listeners, target, kind))
        } else {
            result = .attached(attached)
        }
    }

    private static func noMatchingParent(
        _ reference: ParentReference, _ target: AttachmentTarget, at path: FieldPath
    ) -> Finding {
        let wanted = [reference.sectionName.map { "named \($0)" }, reference.port.map { "on port \($0)" }]
        let existing = target.listeners.map { "\($0.name) (port \($0.port))" }
        return Finding(
            .noMatchingParent, path.field(reference.sectionName == nil ? "port" : "sectionName"),
            "\(target.parent) has no listener \(wanted.compactMap(\.self).joined(separator: " ")).",
            help: "Its listeners are \(Wording.list(existing)).")
    }

    private static func notAllowed(
        _ objections: [Objection], _ target: AttachmentTarget, at path: FieldPath
    ) -> Finding {
        var helps: [String] = []
        for objection in objections where !helps.contains(objection.help) { helps.append(objection.help) }
        let texts = objections.map(\.text).joined(separator: "; ")
        return Finding(
            .notAllowedByListeners, path, "No listener of \(target.parent) admits the route: \(texts).",
            help: helps.count == 1 ? helps[0] : "Change allowedRoutes of one of the listeners.")
    }

    private static func noHostname(
        _ hostnames: RouteHostnames, _ listeners: [AttachmentListener], _ target: AttachmentTarget, _ kind: RouteKind
    ) -> Finding {
        let offered = listeners.map { "\($0.name) has \($0.hostname?.description ?? "none")" }
        let wanted = hostnames.patterns.isEmpty ? "" : " (\(hostnames.description))"
        return Finding(
            .noMatchingListenerHostname, FieldPath("spec.hostnames"),
            "The route's hostnames\(wanted) have nothing in common with those of \(target.parent): listener "
                + "\(Wording.list(offered)).",
            help: kind == .tls
                ? "Give the route a hostname of the listener."
                : "Give the route a hostname of the listener, or leave hostnames out.")
    }
}

extension AttachmentListener {
    /// sectionName and port narrow down; with both, one listener must satisfy both.
    fileprivate func isMeant(by reference: ParentReference) -> Bool {
        (reference.sectionName ?? name) == name && (reference.port ?? port) == port
    }

    fileprivate func objection(
        to kind: RouteKind, from namespace: AdmittedNamespace, of target: AttachmentTarget
    ) -> Objection? {
        if !supportedKinds.contains(kind.routeGroupKind) {
            let protocols = Wording.list(kind.protocols.map(\.rawValue), conjunction: "or")
            return RouteKind.carried(by: self.protocol).contains(kind)
                ? Objection(
                    text: "listener \(name) takes only \(Wording.list(kinds.map(\.description)))",
                    help: "Add \(kind.name) to allowedRoutes.kinds of the listener.")
                : Objection(
                    text: "listener \(name) has protocol \(self.protocol), which carries no \(kind.name)",
                    help: "Attach the route to a listener of protocol \(protocols).")
        }
        let admission = NamespaceAdmission(namespaces, ownNamespace: target.namespace)
        guard let objection = admission.objection(to: namespace) else { return nil }
        return Objection(text: "listener \(name) \(objection.text)", help: objection.help)
    }
}
