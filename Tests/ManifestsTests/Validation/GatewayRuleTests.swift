import KubernetesTypes
import Manifests
import Testing

private func listener(_ fields: String, name: String = "a") -> String {
    "listeners: [{name: \(name), port: 80, \(fields)}]"
}

private let certificate = "certificateRefs: [{name: s}]"
private let http = "listeners: [{name: a, port: 80, protocol: HTTP}]"

private func infrastructure(_ key: String, map: String) -> String {
    "\(http)\ninfrastructure: {\(map): {\"\(key)\": x}}"
}

/// Every CEL rule of the Gateway CRD.
struct GatewayRuleTests {
    static let tlsRules: [RuleCase] =
        ["HTTP", "TCP", "UDP"].map { name in
            RuleCase(
                "spec.listeners[0].tls", "has no TLS", bad: listener("protocol: \(name), tls: {\(certificate)}"),
                good: listener("protocol: \(name)"))
        } + [
            RuleCase(
                "spec.listeners[0].tls.mode", "cannot have the tls mode Passthrough",
                bad: listener("protocol: HTTPS, tls: {mode: Passthrough}"),
                good: listener("protocol: HTTPS, tls: {mode: Terminate, \(certificate)}")),
            RuleCase(
                "spec.listeners[0]", "needs `tls`", bad: listener("protocol: TLS"),
                good: listener("protocol: TLS, tls: {mode: Passthrough}")),
            RuleCase(
                "spec.listeners[0].tls", "needs a certificate", bad: listener("protocol: HTTPS, tls: {}"),
                good: listener("protocol: HTTPS, tls: {options: {a: b}}")),
            RuleCase(
                "spec.listeners[0].tls", "needs a certificate", bad: listener("protocol: TLS, tls: {mode: Terminate}"),
                good: listener("protocol: HTTPS")),
        ]

    static let listenerRules: [RuleCase] =
        ["TCP", "UDP"].map { name in
            RuleCase(
                "spec.listeners[0].hostname", "cannot tell hostnames apart",
                bad: listener("protocol: \(name), hostname: a.example"), good: listener("protocol: \(name)"))
        } + [
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
            RuleCase(
                "spec.listeners[1]", "hostname \"x\" is taken",
                bad:
                    "listeners: [{name: a, port: 80, protocol: HTTP, hostname: x}, {name: b, port: 80, protocol: HTTP, hostname: x}]",
                good:
                    "listeners: [{name: a, port: 80, protocol: HTTP, hostname: x}, {name: b, port: 80, protocol: HTTPS, hostname: x}]"
            ),
            RuleCase(
                "spec.listeners[0].allowedRoutes.namespaces.from", "is not known",
                bad: listener("protocol: HTTP, allowedRoutes: {namespaces: {from: None}}"),
                good: listener("protocol: HTTP, allowedRoutes: {namespaces: {from: All}}")
                    + "\nallowedListeners: {namespaces: {from: None}}"),
            RuleCase(
                "spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].values", "is empty",
                bad: listener(
                    "protocol: HTTP, allowedRoutes: {namespaces: {selector: {matchExpressions: [{key: a, operator: In}]}}}"
                ),
                good: listener(
                    "protocol: HTTP, allowedRoutes: {namespaces: {selector: {matchExpressions: [{key: a, operator: Exists}]}}}"
                )),
        ]

    static let otherRules: [RuleCase] =
        [
            RuleCase(
                "spec.tls.frontend.perPort[1]", "stands twice",
                bad: "\(http)\ntls: {frontend: {default: {}, perPort: [{port: 1, tls: {}}, {port: 1, tls: {}}]}}",
                good: "\(http)\ntls: {frontend: {default: {}, perPort: [{port: 1, tls: {}}, {port: 2, tls: {}}]}}"),
            RuleCase(
                "spec.addresses[1]", "stands twice", bad: "\(http)\naddresses: [{value: 10.0.0.1}, {value: 10.0.0.1}]",
                good: "\(http)\naddresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, {}, {}]"),
            RuleCase(
                "spec.addresses[1]", "stands twice",
                bad: "\(http)\naddresses: [{type: Hostname, value: a}, {type: Hostname, value: a}]",
                good:
                    "\(http)\naddresses: [{type: Hostname, value: a}, {type: a.example/x, value: a}, {type: a.example/x, value: a}]"
            ),
            RuleCase(
                "spec.addresses[0].value", "is not valid", bad: "\(http)\naddresses: [{type: Hostname, value: A_b}]",
                good: "\(http)\naddresses: [{type: Hostname, value: '*.a.example'}, {type: Hostname, value: ''}]"),
            RuleCase(
                "spec.addresses[0].value", "is not an IP address", bad: "\(http)\naddresses: [{value: a.example}]",
                good: "\(http)\naddresses: [{value: '2001:db8::1'}, {value: 1.2.3.4}]"),
        ]
        + ["labels", "annotations"].flatMap { map in
            [
                RuleCase(
                    "spec.infrastructure.\(map)[a b]", "is not valid", bad: infrastructure("a b", map: map),
                    good: infrastructure("a.example/b_C.d", map: map)),
                RuleCase(
                    "spec.infrastructure.\(map)[\(String(repeating: "a", count: 253))/b]", "longer than",
                    bad: infrastructure(String(repeating: "a", count: 253) + "/b", map: map),
                    good: infrastructure(String(repeating: "a", count: 252) + "/b", map: map)),
            ]
        }

    @Test(arguments: tlsRules + listenerRules + otherRules)
    func `a rule of the Gateway CRD is enforced`(rule: RuleCase) {
        rule.check { gateway(spec: $0) }
    }
}
