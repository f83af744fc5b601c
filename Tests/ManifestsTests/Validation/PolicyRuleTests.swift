import KubernetesTypes
import Manifests
import Testing

private func object(_ kind: String, _ apiVersion: String, spec: String) -> String {
    """
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata: {name: a}
    spec:

    """ + indented(spec, by: 2)
}

private func tlsPolicy(targets: String = "{group: \"\", kind: Service, name: s}", validation: String) -> String {
    "targetRefs: [\(targets)]\nvalidation: {hostname: a.example, \(validation)}"
}

private func external(_ fields: String, hostname: String = "a.example") -> String {
    "type: ExternalHostname\nexternalHostname: {hostname: \(hostname)}\n\(fields)"
}

private func traffic(_ fields: String, targets: String = "{group: \"\", kind: Service, name: s}") -> String {
    "targetRefs: [\(targets)]\n\(fields)"
}

private let system = "wellKnownCACertificates: System"
private let authority = "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: ca}]"
private let service = "{group: \"\", kind: Service, name: s}"
private func section(_ name: String) -> String { "{group: \"\", kind: Service, name: s, sectionName: \(name)}" }

/// Every CEL rule of the CRDs BackendTLSPolicy, XBackend and XBackendTrafficPolicy.
struct PolicyRuleTests {
    static let tlsPolicies: [RuleCase] = [
        RuleCase(
            "spec.targetRefs[1]", "is a target already",
            bad: tlsPolicy(targets: "\(service), \(service)", validation: system),
            good: tlsPolicy(targets: "\(service), {group: \"\", kind: Service, name: t}", validation: system)),
        RuleCase(
            "spec.targetRefs[1]", "is a target already",
            bad: tlsPolicy(targets: "\(section("a")), \(section("a"))", validation: system),
            good: tlsPolicy(targets: "\(section("a")), \(section("b"))", validation: system)),
        RuleCase(
            "spec.targetRefs[1]", "with and without sectionName",
            bad: tlsPolicy(targets: "\(section("a")), \(service)", validation: system),
            good: tlsPolicy(targets: section("a"), validation: system)),
        RuleCase(
            "spec.validation", "exclude each other", bad: tlsPolicy(validation: "\(system), \(authority)"),
            good: tlsPolicy(validation: authority)),
        RuleCase(
            "spec.validation", "Nothing says which", bad: tlsPolicy(validation: "caCertificateRefs: []"),
            good: tlsPolicy(validation: "caCertificateRefs: [], \(system)")),
        RuleCase(
            "spec.validation.subjectAltNames[0]", "needs hostname",
            bad: tlsPolicy(validation: "\(system), subjectAltNames: [{type: Hostname}]"),
            good: tlsPolicy(validation: "\(system), subjectAltNames: [{type: Hostname, hostname: \"*.example\"}]")),
        RuleCase(
            "spec.validation.subjectAltNames[0].hostname", "does not belong",
            bad: tlsPolicy(validation: "\(system), subjectAltNames: [{type: URI, uri: \"spiffe://a\", hostname: a}]"),
            good: tlsPolicy(validation: "\(system), subjectAltNames: [{type: URI, uri: \"spiffe://a\"}]")),
        RuleCase(
            "spec.validation.subjectAltNames[0]", "needs uri",
            bad: tlsPolicy(validation: "\(system), subjectAltNames: [{type: URI}]"),
            good: tlsPolicy(validation: "\(system), subjectAltNames: [{type: URI, uri: \"spiffe://a/b\"}]")),
        RuleCase(
            "spec.validation.subjectAltNames[0].uri", "does not belong",
            bad: tlsPolicy(
                validation: "\(system), subjectAltNames: [{type: Hostname, hostname: a, uri: \"spiffe://a\"}]"),
            good: tlsPolicy(validation: "\(system), subjectAltNames: [{type: Hostname, hostname: a}]")),
    ]

    @Test(arguments: tlsPolicies, ["v1", "v1alpha3"])
    func `a rule of BackendTLSPolicy`(_ rule: RuleCase, version: String) {
        rule.check { object("BackendTLSPolicy", "gateway.networking.k8s.io/\(version)", spec: $0) }
    }

    private static let identity = "clientCertificateRef: {name: s}"

    static let xBackends: [RuleCase] = [
        RuleCase(
            "spec", "needs externalHostname", bad: "type: ExternalHostname\nport: {port: 80}",
            good: external("port: {port: 80}")),
        RuleCase(
            "spec.externalHostname.hostname", "is a name of the cluster",
            bad: external("port: {port: 80}", hostname: "a.b.svc.cluster.local"),
            good: external("port: {port: 80}", hostname: "cluster.local.example")),
        RuleCase(
            "spec.port.name", "is not valid", bad: external("port: {name: a.b, port: 80}"),
            good: external("port: {name: \"\", port: 80}")),
        RuleCase(
            "spec.tls", "needs clientCertificateRef", bad: external("port: {port: 80}\ntls: {mode: ClientAndServer}"),
            good: external("port: {port: 80}\ntls: {mode: ClientAndServer, \(identity)}")),
        RuleCase(
            "spec.tls.clientCertificateRef", "does not belong to the mode",
            bad: external("port: {port: 80}\ntls: {mode: ServerOnly, \(identity)}"),
            good: external("port: {port: 80}\ntls: {mode: ServerOnly}")),
        RuleCase(
            "spec.tls.validation", "Nothing says which",
            bad: external("port: {port: 80}\ntls: {mode: ServerOnly, validation: {hostname: a}}"),
            good: external("port: {port: 80}\ntls: {mode: ServerOnly, validation: {hostname: a, \(system)}}")),
    ]

    @Test(arguments: xBackends)
    func `a rule of XBackend`(_ rule: RuleCase) {
        rule.check { object("XBackend", "gateway.networking.x-k8s.io/v1alpha1", spec: $0) }
    }

    static let trafficPolicies: [RuleCase] = [
        RuleCase(
            "spec.targetRefs[1]", "is a target already",
            bad: traffic("retryConstraint: {}", targets: "\(service), \(service)"), good: traffic("retryConstraint: {}")
        ),
        RuleCase(
            "spec.retryConstraint.budget.interval", "outside of 1s...1h",
            bad: traffic("retryConstraint: {budget: {interval: 999ms}}"),
            good: traffic("retryConstraint: {budget: {interval: 1s}}")),
        RuleCase(
            "spec.retryConstraint.budget.interval", "outside of 1s...1h",
            bad: traffic("retryConstraint: {budget: {interval: 1h1ms}}"),
            good: traffic("retryConstraint: {budget: {interval: 60m}}")),
        RuleCase(
            "spec.retryConstraint.minRetryRate.interval", "between zero and 1h",
            bad: traffic("retryConstraint: {minRetryRate: {interval: 0s}}"),
            good: traffic("retryConstraint: {minRetryRate: {interval: 1ms}}")),
        RuleCase(
            "spec.retryConstraint.minRetryRate.interval", "between zero and 1h",
            bad: traffic("retryConstraint: {minRetryRate: {interval: 2h}}"),
            good: traffic("retryConstraint: {minRetryRate: {interval: 1h}}")),
        RuleCase(
            "spec.sessionPersistence.cookieConfig", "needs an absoluteTimeout",
            bad: traffic("sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}"),
            good: traffic("sessionPersistence: {absoluteTimeout: 1h, cookieConfig: {lifetimeType: Permanent}}")),
        RuleCase(
            "spec.sessionPersistence.cookieConfig", "only for the type Cookie",
            bad: traffic("sessionPersistence: {type: Header, cookieConfig: {}}"),
            good: traffic("sessionPersistence: {type: Header}")),
    ]

    @Test(arguments: trafficPolicies)
    func `a rule of XBackendTrafficPolicy`(_ rule: RuleCase) {
        rule.check { object("XBackendTrafficPolicy", "gateway.networking.x-k8s.io/v1alpha1", spec: $0) }
    }
}
