import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

struct ScalarTests {
    private func header(_ value: String) -> DecodedManifests {
        decode(route(spec: "rules: [{matches: [{headers: [{name: x, value: \(value)}]}]}]"))
    }

    @Test(arguments: [
        ("true", "a boolean"), ("yes", "a boolean"), ("Off", "a boolean"), ("12", "a number"), ("-1.5e3", "a number"),
        ("0x1F", "a number"), (".inf", "a number"), ("1_000", "a number"),
    ])
    func `a plain value that YAML reads as something else must be quoted`(value: String, kind: String) {
        let manifests = header(value)
        #expect(
            manifests.messages == [
                "spec.rules[0].matches[0].headers[0].value: value must be text, but YAML reads \(value) as \(kind). "
                    + "Put it in quotes: \"\(value)\"."
            ])
        #expect(manifests.objects.isEmpty)
    }

    @Test(arguments: [
        ("\"true\"", "true"), ("'12'", "12"), ("v2", "v2"), ("1.2.3", "1.2.3"), ("12h", "12h"), ("!!str 12", "12"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"), ("0x", "0x"), ("1e", "1e"), ("-", "-"),
        ("trueish", "trueish"),
    ])
    func `text is taken as it stands`(value: String, text: String) throws {
        let manifests = header(value)
        #expect(manifests.diagnostics.isEmpty)
        #expect(try #require(manifests.routes.first).spec.rules[0].matches[0].headers[0].value == text)
    }

    @Test(arguments: ["null", "~", ""])
    func `null is the same as nothing`(value: String) {
        #expect(
            header(value).messages == ["spec.rules[0].matches[0].headers[0].value: value is missing. Add it."])
    }

    @Test(arguments: ["\"80\"", "http", "80.0", "1e2", "0x50", "080", "-1", "true", "[80]", "99999999999999999999"])
    func `a port is a whole number`(value: String) {
        let manifests = decode(route(spec: "rules: [{backendRefs: [{name: a, port: \(value)}]}]"))
        #expect(manifests.places.map { $0.split(separator: " ").last } == ["spec.rules[0].backendRefs[0].port"])
        #expect(manifests.objects.isEmpty)
    }

    @Test(arguments: [("http", IntOrString.string("http")), ("\"http\"", .string("http")), ("8080", .int(8080))])
    func `targetPort is a number or a name`(value: String, targetPort: IntOrString) throws {
        let manifests = decode(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec: {ports: [{port: 80, targetPort: \(value)}, {name: b, port: 81}]}
            """)
        #expect(
            manifests.messages == [
                "spec.ports[0].name: name is empty. "
                    + "Give it a value or leave the field out if it is optional."
            ])
        let single = decode(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: \(value)}]}}")
        #expect(try #require(single.services.first).spec.ports[0].targetPort == targetPort)
    }

    @Test func `a mapping and a list do not stand for each other`() {
        let manifests = decode(route(spec: "rules: {matches: []}\nparentRefs: [[]]\nhostnames: a.example"))
        #expect(
            manifests.messages == [
                "spec.rules: rules must be a list, not a mapping. Begin every entry with `- `.",
                "spec.parentRefs[0]: A mapping is expected here, not a list. Write fields as `name: value`.",
                "spec.hostnames: hostnames must be a list, not text. Begin every entry with `- `.",
            ])
    }

    @Test func `anchors, aliases and merge keys are understood`() throws {
        let manifests = decode(
            route(
                spec: """
                    rules:
                      - backendRefs:
                          - &backend {name: a, port: 80}
                          - {<<: *backend, name: b}
                          - *backend
                    """))
        #expect(manifests.diagnostics.isEmpty)
        let backends = try #require(manifests.routes.first).spec.rules[0].backendRefs
        #expect(backends.map(\.reference.name) == ["a", "b", "a"])
        #expect(backends.map(\.reference.port) == [80, 80, 80])
    }

    @Test func `JSON escapes are understood`() throws {
        let manifests = decode(
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"\u00e9\ud83d\ude00\/\n\"\\"}}"#,
            file: "a.json")
        guard case .configMap(let map) = try #require(manifests.objects.first).object else {
            return #expect(Bool(false))
        }
        #expect(map.data == ["x": "é😀/\n\"\\"])
    }
}
