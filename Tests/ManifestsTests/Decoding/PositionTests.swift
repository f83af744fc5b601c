import KubernetesTypes
import Manifests
import Testing

struct PositionTests {
    @Test func `an error is at the value that is wrong`() throws {
        let manifests = decode(
            """
            # a comment
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata:
              name: shop
            spec:
              rules:
                - backendRefs:
                    - name: a
                      port: 70000
            """)
        let error = try #require(manifests.diagnostics.first)
        #expect(manifests.diagnostics.count == 1)
        #expect(
            error.description == """
                test.yaml:10:17: error[WR1033]: HTTPRoute default/shop: spec.rules[0].backendRefs[0].port: \
                port is 70000, outside of 1...65535. Use a number from 1 to 65535.
                """)
    }

    @Test func `all mistakes of an object are found at once`() {
        let manifests = decode(
            route(
                spec: """
                    hostnames: [a.example, B.example]
                    rules:
                      - matches:
                          - path: {type: Prefix, value: api}
                          - headers: [{name: x}]
                        backendRefs:
                          - port: eighty
                            name: b
                    """))
        #expect(
            manifests.places == [
                "5:26 spec.hostnames[1]",
                "8:24 spec.rules[0].matches[0].path.type",
                "9:21 spec.rules[0].matches[1].headers[0].value",
                "11:17 spec.rules[0].backendRefs[0].port",
            ])
    }

    @Test func `documents after the first one have the lines of the file`() {
        let manifests = decode("---\nkind: A\napiVersion: v1\n---\n\n# x\nkind: Service\napiVersion: v1\nmetadata: 5\n")
        #expect(manifests.places.contains("9:11 metadata"))
    }

    @Test func `a rule about a mapping points to its name and one about nothing to what is around it`() {
        let manifests = decode(
            gateway(
                spec: """
                    listeners:
                      - name: a
                        protocol: HTTP
                        port: 80
                        tls:
                          mode: Passthrough
                      - name: b
                        protocol: TLS
                        port: 443
                    """))
        #expect(manifests.places == ["10:7 spec.listeners[0].tls", "12:7 spec.listeners[1]"])
    }

    @Test func `columns count Unicode scalars`() {
        let manifests = decode("{apiVersion: v1, kind: Service, metadata: {name: a, labels: {é: x}}, spec: {ports: 1}}")
        #expect(manifests.places == ["1:65 metadata.labels[é]", "1:84 spec.ports"])
    }

    @Test func `JSON has positions too`() {
        let manifests = decode(
            """
            {"apiVersion": "v1", "kind": "Service",
             "metadata": {"name": "a"},
             "spec": {"ports": [{"port": "80"}]}}
            """, file: "a.json")
        #expect(manifests.places == ["3:30 spec.ports[0].port"])
    }

    @Test func `a place can be looked up by the path of a field`() throws {
        let manifests = decode(
            route(
                spec: """
                    parentRefs:
                      - name: g
                    rules:
                      - matches:
                          - path:
                              value: /a
                    """))
        let locations = try #require(manifests.objects.first).fieldLocations
        func position(_ path: String) -> String { locations.location(of: FieldPath(path)).position.description }
        #expect(position("spec.rules[0].matches[0].path.value") == "10:20")
        #expect(position("spec.rules[0].matches[0].path") == "9:11")
        #expect(position("spec.rules[0].matches[0].headers[3].name") == "9:11")
        #expect(position("spec.parentRefs[0]") == "6:7")
        #expect(position("metadata.name") == "3:18")
        #expect(position("") == "1:1")
    }

    @Test(arguments: [
        ("a: b: c", "1:5"), ("a: [1", "1:6"), ("a: 1\n\tb: 2", "2:1"), ("a: 'x", "1:6"), ("a: &", "1:5"),
        ("- a\nb", "2:2"), ("a: 1\na: 2", "1:1"), ("x: \u{1}", "1:4"),
    ])
    func `a syntax error has its place`(text: String, position: String) throws {
        let manifests = decode("apiVersion: v1\nkind: A\n---\n" + text)
        let error = try #require(manifests.errors.first)
        let (line, column) = (error.location.line - 3, error.location.column)
        #expect("\(line):\(column)" == position)
        #expect(manifests.objects.count == 1, "the other document lives")
        #expect(manifests.hasUnreadableDocuments)
    }
}
