import GatewayAPI
import KubernetesTypes
import Routing

/// What is found out about one of our Gateways, apart from its routes.
struct GatewayEvaluation: Sendable, Hashable {
    let name: ObjectName
    let key: ObjectKey
    let observedGeneration: Int64?
    let creationTimestamp: Timestamp?
    let className: String
    let controllerName: String
    var listeners: [ListenerEvaluation]
    let addresses: GatewayAddresses
    /// Why the Gateway as a whole is not accepted, whatever its listeners are like.
    var refusal: Refusal?
    /// Why `ResolvedRefs` is False on behalf of the Gateway itself.
    var unresolved: Unresolved?
    /// Ports on which clients are let in although their certificate is not valid.
    let insecurePorts: [UInt16]

    struct Refusal: Sendable, Hashable {
        var reason: GatewayConditionReason
        var finding: Finding
    }

    struct Unresolved: Sendable, Hashable {
        var reason: GatewayConditionReason
        var finding: Finding
    }

    init(_ gateway: Gateway, class gatewayClass: ClassEvaluation, state: ClusterState, settings: ReconcilerSettings) {
        let refs = CertificateRefs(state: state, namespace: gateway.metadata.namespace)
        let validation = FrontendValidation(gateway)
        var listeners = gateway.spec.listeners.enumerated().map { ListenerEvaluation($1, index: $0) }
        for index in listeners.indices {
            listeners[index].checkValidity()
            listeners[index].resolveRouteKinds()
            listeners[index].resolveCertificates(refs)
            validation?.apply(to: &listeners[index], refs)
        }
        ListenerConflicts.mark(&listeners)
        OverlappingTLSConfig.mark(&listeners)

        name = ObjectName(gateway.metadata)
        key = gateway.key
        observedGeneration = gateway.metadata.observedGeneration
        creationTimestamp = gateway.metadata.creationTimestamp
        className = gatewayClass.name
        controllerName = gatewayClass.controllerName
        insecurePorts = validation?.insecurePorts(of: listeners) ?? []
        self.listeners = listeners
        addresses = GatewayAddresses(gateway.spec.addresses, available: settings.addresses)
        refusal = Self.refusal(of: gateway, class: gatewayClass, addresses)
        unresolved = Self.clientCertificate(of: gateway, refs)
    }

    /// Whether a port is opened for the listener, as far as the Gateway itself is concerned.
    func serves(_ listener: ListenerEvaluation) -> Bool {
        listener.isAccepted && listener.hasServedProtocol && refusal == nil && hasUsableAddress
    }

    /// False when addresses were requested and none of them can be had.
    var hasUsableAddress: Bool { addresses.unusable == nil || !addresses.published.isEmpty }

    private static func refusal(
        of gateway: Gateway, class gatewayClass: ClassEvaluation, _ addresses: GatewayAddresses
    ) -> Refusal? {
        if let problem = gatewayClass.refusal {
            let finding = Finding(
                FieldPath("spec.gatewayClassName"), "GatewayClass \(gatewayClass.name) is not accepted.",
                help: problem.text)
            return Refusal(reason: .invalid, finding: finding)
        }
        if let reference = gateway.spec.infrastructure?.parametersRef {
            let finding = Finding(
                FieldPath("spec.infrastructure.parametersRef"),
                "parametersRef names \(reference.kind) \(reference.name), but Gateways of this controller have no "
                    + "parameters.",
                help: "Remove spec.infrastructure.parametersRef.")
            return Refusal(reason: .invalidParameters, finding: finding)
        }
        return addresses.unsupported.map { Refusal(reason: .unsupportedAddress, finding: $0) }
    }

    /// The certificate that backends are shown must exist, but has no influence on anything but `ResolvedRefs`.
    private static func clientCertificate(of gateway: Gateway, _ refs: CertificateRefs) -> Unresolved? {
        guard let reference = gateway.spec.tls?.backend?.clientCertificateRef else { return nil }
        switch refs.checkSecret(reference, at: FieldPath("spec.tls.backend.clientCertificateRef")) {
        case .notPermitted(let finding):
            return Unresolved(reason: .refNotPermitted, finding: finding)
        case .wrongKind(let finding), .unusable(let finding):
            return Unresolved(reason: .invalidClientCertificateRef, finding: finding)
        case nil:
            return nil
        }
    }

    /// Everything that should be reported about the Gateway.
    var findings: [Finding] {
        let own = [refusal?.finding, unresolved?.finding, refusal == nil ? addressProblem : nil].compactMap(\.self)
        return own + listeners.flatMap(\.findings)
    }

    var addressProblem: Finding? { addresses.unusable ?? addresses.unassigned }
}
