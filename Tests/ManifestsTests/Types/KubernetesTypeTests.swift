import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

struct LabelSelectorTests {
    private let labels = ["app": "shop", "tier": "web"]

    @Test(arguments: [
        (LabelSelector(), true),
        (LabelSelector(matchLabels: ["app": "shop"]), true),
        (LabelSelector(matchLabels: ["app": "shop", "tier": "db"]), false),
        (LabelSelector(matchLabels: ["zone": ""]), false),
        (LabelSelector(matchExpressions: [.init(key: "app", operator: .in, values: ["x", "shop"])]), true),
        (LabelSelector(matchExpressions: [.init(key: "zone", operator: .in, values: [""])]), false),
        (LabelSelector(matchExpressions: [.init(key: "app", operator: .notIn, values: ["shop"])]), false),
        (LabelSelector(matchExpressions: [.init(key: "zone", operator: .notIn, values: ["a"])]), true),
        (LabelSelector(matchExpressions: [.init(key: "app", operator: .exists)]), true),
        (LabelSelector(matchExpressions: [.init(key: "zone", operator: .exists)]), false),
        (LabelSelector(matchExpressions: [.init(key: "app", operator: .doesNotExist)]), false),
        (LabelSelector(matchExpressions: [.init(key: "zone", operator: .doesNotExist)]), true),
        (
            LabelSelector(
                matchLabels: ["app": "shop"], matchExpressions: [.init(key: "tier", operator: .in, values: ["db"])]),
            false
        ),
    ])
    func `a selector matches when all of its requirements hold`(selector: LabelSelector, matches: Bool) {
        #expect(selector.matches(labels) == matches)
    }
}

struct TextFormatTests {
    @Test(arguments: [
        "1.2.3.4", "0.0.0.0", "255.255.255.255",
    ])
    func `IPv4 addresses are told`(text: String) {
        #expect(TextFormat.ipv4Address.matches(text))
        #expect(!TextFormat.ipv6Address.matches(text))
    }

    @Test(arguments: [
        "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8", "FE80::a",
    ])
    func `IPv6 addresses are told`(text: String) {
        #expect(TextFormat.ipv6Address.matches(text))
        #expect(!TextFormat.ipv4Address.matches(text))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", "a.b.c.d", "+1.2.3.4", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "+1::",
        ":1::",
        "::1:",
    ])
    func `other texts are no addresses`(text: String) {
        #expect(!TextFormat.ipv4Address.matches(text) && !TextFormat.ipv6Address.matches(text))
    }

    @Test func `a path is written as it is read`() {
        for text in ["spec.rules[0].matches[1].path.value", "metadata.labels[a.b/c]", "items[3][4]", ""] {
            #expect(FieldPath(text).description == text)
        }
        #expect(FieldPath("a.b").contains(FieldPath("a.b[0]")))
        #expect(!FieldPath("a.b").contains(FieldPath("a.bc")))
        #expect(FieldPath("a.b[0]").parent == FieldPath("a.b"))
        #expect(FieldPath.root.parent == nil)
    }

    @Test(arguments: [
        ("match", "matches"), ("Matches", "matches"), ("backendref", "backendRefs"), ("hostnaems", "hostnames"),
        ("nmae", "name"),
    ])
    func `a near name is suggested`(text: String, suggested: String) {
        let names = ["matches", "backendRefs", "hostnames", "name", "filters", "to"]
        #expect(suggestion(for: text, among: names) == suggested)
    }

    @Test(arguments: ["banana", "x", "", "spec", "qq"])
    func `a far name is not suggested`(text: String) {
        #expect(suggestion(for: text, among: ["matches", "backendRefs", "hostnames", "filters", "to"]) == nil)
    }

    @Test func `values of newer CRDs are kept`() {
        let type = PathMatchType(rawValue: "Glob")
        #expect(type == .unrecognized("Glob") && !type.isRecognized && type.rawValue == "Glob")
        #expect(PathMatchType(rawValue: "Exact") == .exact && PathMatchType.exact.isRecognized)
        for method in HTTPMethod.known { #expect(HTTPMethod(rawValue: method.rawValue) == method) }
    }
}

struct CoreValidationTests {
    private func messages(_ text: String) -> [String] { decode(text).messages }

    @Test(arguments: [
        ("{name: a}", "{ports: []}", ["spec: The Service has no ports. Add at least one entry to spec.ports."]),
        ("{name: a}", "{clusterIP: None}", []),
        ("{name: a}", "{type: ExternalName, externalName: a.example.}", []),
        (
            "{name: a}", "{type: ExternalName}",
            ["spec.externalName: externalName is empty. Give it a value or leave the field out if it is optional."]
        ),
        (
            "{name: 1a}", "{ports: [{port: 1}]}",
            [
                "metadata.name: name \"1a\" is not valid. It must be lowercase letters, digits and hyphens, "
                    + "beginning with a letter and ending with a letter or digit."
            ]
        ),
        (
            "{name: a}", "{ports: [{name: x, port: 1}, {name: x, port: 2}]}",
            ["spec.ports[1]: The port name \"x\" stands twice. Give every port its own name."]
        ),
        (
            "{name: a, labels: {a: b c}}", "{ports: [{port: 1}]}",
            [
                "metadata.labels[a]: the value \"b c\" is not valid. It must be letters, digits, `-`, `_` and `.`, "
                    + "with a letter or digit at both ends, or empty."
            ]
        ),
        (
            "{name: a}", "{type: Clusterip, ports: [{port: 1}]}",
            [
                "spec.type: type \"Clusterip\" is not known. Did you mean ClusterIP? Allowed are: "
                    + "ClusterIP, NodePort, LoadBalancer, ExternalName."
            ]
        ),
    ])
    func `a Service is checked`(metadata: String, spec: String, expected: [String]) {
        #expect(messages("{apiVersion: v1, kind: Service, metadata: \(metadata), spec: \(spec)}") == expected)
    }

    @Test(arguments: [
        ("addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}]", []),
        ("addressType: IPv6, endpoints: [{addresses: ['::1']}]", []),
        ("addressType: FQDN, endpoints: [{addresses: [a.example]}]", []),
        ("addressType: IPv4, endpoints: [{addresses: ['::1']}]", ["endpoints[0].addresses[0]"]),
        ("addressType: IPv4, endpoints: [{addresses: []}]", ["endpoints[0].addresses"]),
        ("endpoints: [{}]", ["addressType", "endpoints[0].addresses"]),
        ("addressType: IPv4, ports: [{port: 0}]", ["ports[0].port"]),
    ])
    func `an EndpointSlice is checked`(fields: String, paths: [String]) {
        let manifests = decode("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, \(fields)}")
        #expect(manifests.errors.map(\.fieldPath.description).sorted() == paths)
    }
}
