import GatewayAPI
import KubernetesTypes
import Routing

/// What is found out about one listener of one of our Gateways, its ListenerSets included.
///
/// The checks of this folder fill it in one after the other; `status` turns it into conditions.
struct ListenerEvaluation: Sendable, Hashable {
    let spec: Listener
    /// The ListenerSet that it stands in, by index into those of the Gateway; nil for the Gateway's own.
    let listenerSet: Int?
    /// Path of the listener in its Gateway or ListenerSet.
    let path: FieldPath
    /// `.any` when the listener has none; nil when what it has is not a hostname, so that nothing can match.
    let hostname: HostnamePattern?
    /// The route kinds that attach, of those that this version serves.
    var supportedKinds: [RouteGroupKind] = []
    /// Why `Accepted` is False: the first reason found.
    private(set) var refusal: Problem?
    /// `refusal` is a conflict with another listener of the Gateway or its ListenerSets.
    private(set) var isConflicted = false
    /// Why `ResolvedRefs` is False; may be several.
    var unresolved: [Problem] = []
    /// The certificates that can be used, in the order of `tls.certificateRefs`.
    var keyPairs: [KeyPair] = []
    var tlsOptions = TLSOptions()
    /// What clients of an HTTPS listener are asked for; nil asks for no certificate.
    var clientValidation: ClientCertificateValidation?
    /// What has no effect, without any condition saying so.
    var notes: [Finding] = []
    /// Listeners of the same port whose hostnames overlap, by index, for `OverlappingTLSConfig`.
    var overlaps: Set<Int> = []
    /// Listeners of the same port with certificates for the same names.
    var certificateOverlaps: OverlappingTLSConfig.Certificates?

    /// A reason with what is to be said about it.
    struct Problem: Sendable, Hashable {
        var reason: ListenerConditionReason
        var finding: Finding
    }

    init(_ spec: Listener, index: Int, listenerSet: Int?) {
        self.spec = spec
        self.listenerSet = listenerSet
        path = FieldPath("spec.listeners").index(index)
        hostname = spec.hostname.map(HostnamePattern.init) ?? .any
    }

    /// The listeners of a Gateway or ListenerSet, with what each of them alone allows to say.
    static func all(_ listeners: [Listener], listenerSet: Int?, _ refs: CertificateRefs) -> [ListenerEvaluation] {
        listeners.enumerated().map { index, listener in
            var evaluation = ListenerEvaluation(listener, index: index, listenerSet: listenerSet)
            evaluation.checkValidity()
            evaluation.resolveRouteKinds()
            evaluation.resolveTLS(refs)
            return evaluation
        }
    }

    var isAccepted: Bool { refusal == nil }

    /// Whether it is valid and has what it needs.
    var isUsable: Bool { isAccepted && !lacksCertificate }

    mutating func refuse(
        _ code: DiagnosticCode, _ reason: ListenerConditionReason, _ field: String, _ message: String, help: String
    ) {
        refuse(reason, Finding(code, path.field(field), message, help: help))
    }

    mutating func refuse(_ reason: ListenerConditionReason, _ finding: Finding) {
        if refusal == nil { refusal = Problem(reason: reason, finding: finding) }
    }

    /// Conflicts outrank other refusals: they tell why the author's other listener is refused too.
    mutating func markConflicted(_ reason: ListenerConditionReason, _ message: String, help: String) {
        guard !isConflicted else { return }
        isConflicted = true
        let code: DiagnosticCode = reason == .hostnameConflict ? .hostnameConflict : .protocolConflict
        refusal = Problem(reason: reason, finding: Finding(code, path.field("port"), message, help: help))
    }

    mutating func addUnresolved(_ reason: ListenerConditionReason, _ finding: Finding) {
        unresolved.append(Problem(reason: reason, finding: finding))
    }

    var findings: [Finding] {
        [refusal?.finding].compactMap(\.self) + unresolved.map(\.finding) + notes
    }
}

extension ListenerEvaluation {
    /// How a TLS listener treats connections; nil when it cannot be served.
    var streamMode: StreamListener.Mode? {
        spec.tls?.mode == .passthrough ? .passthrough : tls.map { .terminate($0) }
    }
}
