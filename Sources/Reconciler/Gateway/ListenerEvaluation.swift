import GatewayAPI
import KubernetesTypes
import Routing

/// What is found out about one listener of one of our Gateways.
///
/// The checks of this folder fill it in one after the other; `status` turns it into conditions.
struct ListenerEvaluation: Sendable, Hashable {
    let spec: Listener
    /// Path of the listener in its Gateway.
    let path: FieldPath
    /// `.any` when the listener has none; nil when what it has is not a hostname, so that nothing can match.
    let hostname: HostnamePattern?
    /// The route kinds that attach, of those that this version serves.
    var supportedKinds: [RouteGroupKind] = []
    /// Why `Accepted` is False: the first reason found.
    private(set) var refusal: Problem?
    /// `refusal` is a conflict with another listener of the Gateway.
    private(set) var isConflicted = false
    /// Why `ResolvedRefs` is False; may be several.
    var unresolved: [Problem] = []
    /// Names of the listeners of the same port whose hostnames overlap, for `OverlappingTLSConfig`.
    var overlaps: [String] = []

    /// A reason with what is to be said about it.
    struct Problem: Sendable, Hashable {
        var reason: ListenerConditionReason
        var finding: Finding
    }

    init(_ spec: Listener, index: Int) {
        self.spec = spec
        path = FieldPath("spec.listeners").index(index)
        hostname = spec.hostname.map(HostnamePattern.init) ?? .any
    }

    var isAccepted: Bool { refusal == nil }

    /// Whether this version can carry traffic for the protocol. HTTPS is reconciled, but not served.
    var hasServedProtocol: Bool { spec.protocol == .http }

    mutating func refuse(_ reason: ListenerConditionReason, _ field: String, _ message: String, help: String) {
        guard refusal == nil else { return }
        refusal = Problem(reason: reason, finding: Finding(path.field(field), message, help: help))
    }

    /// Conflicts outrank other refusals: they tell why the author's other listener is refused too.
    mutating func markConflicted(_ reason: ListenerConditionReason, _ message: String, help: String) {
        guard !isConflicted else { return }
        isConflicted = true
        refusal = Problem(reason: reason, finding: Finding(path.field("port"), message, help: help))
    }

    mutating func addUnresolved(_ reason: ListenerConditionReason, _ finding: Finding) {
        unresolved.append(Problem(reason: reason, finding: finding))
    }

    /// Why an accepted listener is not served.
    var unservedProtocol: Finding? {
        guard isAccepted, !hasServedProtocol else { return nil }
        return Finding(
            path.field("protocol"), "Listeners of protocol \(spec.protocol) are not served by this version.",
            help: "HTTP is served.")
    }

    var findings: [Finding] {
        [refusal?.finding, unservedProtocol].compactMap(\.self) + unresolved.map(\.finding)
    }
}
