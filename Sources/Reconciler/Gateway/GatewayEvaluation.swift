import GatewayAPI
import KubernetesTypes
import Routing

/// What is found out about one of our Gateways and its ListenerSets, apart from its routes.
struct GatewayEvaluation: Sendable, Hashable {
    let name: ObjectName
    let key: ObjectKey
    let observedGeneration: Int64?
    let creationTimestamp: Timestamp?
    let className: String
    let controllerName: String
    /// The Gateway's own listeners, then those of its ListenerSets, all in the order of precedence.
    var listeners: [ListenerEvaluation]
    /// The Gateway's own among them.
    let ownListeners: Range<Int>
    /// All that name the Gateway, also those it does not admit, in the order of precedence.
    let listenerSets: [ListenerSetEvaluation]
    let addresses: GatewayAddresses
    /// Why the Gateway as a whole is not accepted, whatever its listeners are like.
    let refusal: Problem?
    /// Why `ResolvedRefs` is False on behalf of the Gateway itself.
    let unresolved: Problem?
    /// What backends are shown that ask for a certificate; nil when there is none, or none that can be used.
    let clientCertificate: KeyPair?
    /// What is done otherwise than written, without any condition saying so.
    let notes: [Finding]
    /// Ports on which clients are let in although their certificate is not valid.
    let insecurePorts: [UInt16]
    /// `spec.defaultScope` is All.
    let isDefault: Bool

    /// A reason with what is to be said about it.
    struct Problem: Sendable, Hashable {
        var reason: GatewayConditionReason
        var finding: Finding
    }

    /// - Parameter sets: those that name the Gateway, in conflict order.
    init(
        _ gateway: Gateway, class gatewayClass: ClassEvaluation, listenerSets sets: [ListenerSet],
        state: ClusterState, settings: ReconcilerSettings, material: KeyMaterial
    ) {
        name = ObjectName(gateway.metadata)
        key = gateway.key
        observedGeneration = gateway.metadata.observedGeneration
        creationTimestamp = gateway.metadata.creationTimestamp
        className = gatewayClass.name
        controllerName = gatewayClass.controllerName
        isDefault = gateway.spec.defaultScope == .all

        let refs = CertificateRefs(
            state: state, material: material, from: Gateway.groupKind, namespace: gateway.metadata.namespace)
        let validation = FrontendValidation(gateway, refs)
        var listeners = ListenerEvaluation.all(gateway.spec.listeners, listenerSet: nil, refs)
        ownListeners = listeners.indices
        var evaluations: [ListenerSetEvaluation] = []
        for set in sets {
            let evaluation = ListenerSetEvaluation(
                set, of: gateway, firstListener: listeners.count, state: state, settings: settings)
            let refs = CertificateRefs(
                state: state, material: material, from: ListenerSet.groupKind, namespace: set.metadata.namespace)
            listeners += ListenerEvaluation.all(
                set.spec.listeners, listenerSet: evaluations.count, refs)
            evaluations.append(evaluation)
        }
        listenerSets = evaluations
        if let validation {
            for index in listeners.indices { validation.apply(to: &listeners[index]) }
        }
        ListenerConflicts.mark(&listeners, own: ownListeners, sets: evaluations, gateway: name)
        let admitted = listeners.indices.filter { index in
            listeners[index].listenerSet.map { evaluations[$0].refusal == nil } ?? true
        }
        OverlappingTLSConfig.mark(&listeners, admitted)
        insecurePorts = validation?.insecurePorts(of: admitted.map { listeners[$0] }) ?? []
        self.listeners = listeners
        addresses = GatewayAddresses(of: name, requested: gateway.spec.addresses, settings: settings)
        refusal = Self.refusal(of: gateway, class: gatewayClass, addresses)
        (clientCertificate, unresolved) = Self.clientCertificate(of: gateway, refs)
        notes = gateway.spec.infrastructure?.reservedKeys ?? []
    }

    /// Whether the Gateway is accepted: it is not refused itself, and neither are all of its own listeners.
    var isAccepted: Bool { refusal == nil && listeners[ownListeners].contains(where: \.isAccepted) }

    /// Whether a port is opened for the listener.
    func serves(_ listener: ListenerEvaluation) -> Bool { claimsPort(listener) && !listener.lacksCertificate }

    /// Whether the listener's port is this Gateway's, provided that nobody else has it. A certificate that cannot be used
    /// does not make it free: a rotation that went wrong must not hand the port to others.
    func claimsPort(_ listener: ListenerEvaluation) -> Bool {
        guard listener.isAccepted, refusal == nil, !addresses.bound.isEmpty else { return false }
        guard let set = listener.listenerSet else { return true }
        return listenerSets[set].refusal == nil && isAccepted
    }

    /// The ListenerSet that the listener stands in; nil for the Gateway's own.
    func listenerSet(of listener: ListenerEvaluation) -> ListenerSetEvaluation? {
        listener.listenerSet.map { listenerSets[$0] }
    }

    /// The generation of the object that the listener stands in.
    func observedGeneration(of listener: ListenerEvaluation) -> Int64? {
        guard let set = listenerSet(of: listener) else { return observedGeneration }
        return set.observedGeneration
    }

    private static func refusal(
        of gateway: Gateway, class gatewayClass: ClassEvaluation, _ addresses: GatewayAddresses
    ) -> Problem? {
        if let problem = gatewayClass.refusal {
            let finding = Finding(
                .classNotAccepted, FieldPath("spec.gatewayClassName"),
                "GatewayClass \(gatewayClass.name) is not accepted.", help: problem.text)
            return Problem(reason: .invalid, finding: finding)
        }
        if let reference = gateway.spec.infrastructure?.parametersRef {
            let finding = Finding(
                .gatewayParameters, FieldPath("spec.infrastructure.parametersRef"),
                "parametersRef names \(reference.kind) \(reference.name), but Gateways of this controller have no "
                    + "parameters.",
                help: "Remove spec.infrastructure.parametersRef.")
            return Problem(reason: .invalidParameters, finding: finding)
        }
        return addresses.unsupported.map { Problem(reason: .unsupportedAddress, finding: $0) }
    }

    /// The certificate that backends are shown must exist, but has no influence on anything but `ResolvedRefs`.
    private static func clientCertificate(of gateway: Gateway, _ refs: CertificateRefs) -> (KeyPair?, Problem?) {
        guard let reference = gateway.spec.tls?.backend?.clientCertificateRef else { return (nil, nil) }
        switch refs.keyPair(reference, at: FieldPath("spec.tls.backend.clientCertificateRef")) {
        case .failure(.notPermitted(let finding)):
            return (nil, Problem(reason: .refNotPermitted, finding: finding))
        case .failure(.wrongKind(let finding)), .failure(.unusable(let finding)):
            return (nil, Problem(reason: .invalidClientCertificateRef, finding: finding))
        case .success(let keyPair):
            return (keyPair, nil)
        }
    }

    // MARK: What their authors should know

    /// Everything about the Gateway and its ListenerSets.
    var diagnostics: [Diagnostic] {
        let own = [refusal?.finding, unresolved?.finding, refusal == nil ? addressProblem : nil].compactMap(\.self)
        var diagnostics = (own + notes.map(\.asWarning) + listeners[ownListeners].flatMap(\.findings)).map {
            $0.diagnostic(for: key)
        }
        for set in listenerSets {
            let findings = findings(of: set)
            diagnostics += findings.map { $0.diagnostic(for: set.key) }
        }
        return diagnostics
    }

    private func findings(of set: ListenerSetEvaluation) -> [Finding] {
        if let refusal = set.refusal { return [refusal] }
        let own = listeners[set.listeners].flatMap(\.findings)
        guard !isAccepted else { return own }
        return [
            Finding(
                .gatewayNotAccepted, FieldPath("spec.parentRef"),
                "Gateway \(name) is not accepted, so none of the listeners is served.",
                help: "See the conditions of the Gateway.")
        ] + own
    }

    var addressProblem: Finding? { addresses.unusable ?? addresses.unassigned }
}

extension GatewayInfrastructure {
    /// Labels and annotations of the Gateway API's own are the controller's to set; those of the Gateway are ignored.
    fileprivate var reservedKeys: [Finding] {
        [("labels", labels), ("annotations", annotations)].flatMap { field, map in
            map.keys.filter { $0.hasPrefix("\(gatewayAPIGroup)/") }.sorted().map { key in
                Finding(
                    .reservedInfrastructureKey, FieldPath("spec.infrastructure").field(field).key(key),
                    "\(key) is set by the controller; the value given here is ignored.", help: "Take it out.")
            }
        }
    }
}
