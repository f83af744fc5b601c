import KubernetesTypes
import Manifests
import Testing

private func listenerSet(spec: String) -> String {
    """
    apiVersion: gateway.networking.k8s.io/v1
    kind: ListenerSet
    metadata: {name: s}
    spec:
      parentRef: {name: g}

    """ + indented(spec, by: 2)
}

private func listener(_ fields: String) -> String { "listeners: [{name: a, port: 80, \(fields)}]" }

private let certificate = "certificateRefs: [{name: s}]"

/// Every CEL rule of the ListenerSet CRD.
struct ListenerSetRuleTests {
    static let rules: [RuleCase] =
        ["HTTP", "TCP", "UDP"].map { name in
            RuleCase(
                "spec.listeners[0].tls", "has no TLS", bad: listener("protocol: \(name), tls: {\(certificate)}"),
                good: listener("protocol: \(name)"))
        }
        + ["TCP", "UDP"].map { name in
            RuleCase(
                "spec.listeners[0].hostname", "cannot tell hostnames apart",
                bad: listener("protocol: \(name), hostname: a.example"), good: listener("protocol: \(name)"))
        } + [
            RuleCase(
                "spec.listeners[0].tls.mode", "cannot have the tls mode Passthrough",
                bad: listener("protocol: HTTPS, tls: {mode: Passthrough}"),
                good: listener("protocol: HTTPS, tls: {\(certificate)}")),
            RuleCase(
                "spec.listeners[0]", "needs `tls`", bad: listener("protocol: TLS"),
                good: listener("protocol: TLS, tls: {mode: Passthrough}")),
            RuleCase(
                "spec.listeners[0].tls", "needs a certificate", bad: listener("protocol: HTTPS, tls: {}"),
                good: listener("protocol: HTTPS, tls: {options: {a: b}}")),
            RuleCase(
                "spec.listeners[1].name", "stands twice",
                bad: "listeners: [{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}]",
                good: "listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 81, protocol: HTTP}]"),
            RuleCase(
                "spec.listeners[1]", "no hostname is taken",
                bad: "listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP}]",
                good:
                    "listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP, hostname: x}]"
            ),
        ]

    @Test(arguments: rules)
    func `a rule of the ListenerSet CRD is enforced`(rule: RuleCase) {
        rule.check { listenerSet(spec: $0) }
    }

    @Test func `a ListenerSet needs a parent and a listener`() {
        let text = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: ListenerSet
            metadata: {name: s}
            spec: {}
            """
        #expect(Set(decode(text).errors.map(\.fieldPath.description)) == ["spec.parentRef", "spec.listeners"])
    }
}
