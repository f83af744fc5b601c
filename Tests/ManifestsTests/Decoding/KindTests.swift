import KubernetesTypes
import Manifests
import Testing

struct KindTests {
    @Test func `unknown kinds are counted and no error`() {
        let manifests = decode(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: a}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: b, namespace: x}
            ---
            apiVersion: gateway.networking.x-k8s.io/v1alpha1
            kind: XMesh
            """)
        #expect(manifests.diagnostics.isEmpty)
        #expect(
            manifests.unknownKinds == [
                GroupVersionKind(apiVersion: "networking.k8s.io/v1", kind: "Ingress"): 2,
                GroupVersionKind(apiVersion: "gateway.networking.x-k8s.io/v1alpha1", kind: "XMesh"): 1,
            ])
        #expect(manifests.objects[1].key.description == "Ingress x/b")
    }

    @Test(arguments: [("HttpRoute", "HTTPRoute"), ("Gatewy", "Gateway"), ("ReferenceGrants", "ReferenceGrant")])
    func `a misspelt kind of the Gateway API is a warning`(kind: String, meant: String) {
        let manifests = decode("apiVersion: gateway.networking.k8s.io/v1\nkind: \(kind)\nmetadata: {name: a}")
        #expect(
            manifests.messages == [
                "kind: There is no kind \"\(kind)\" in gateway.networking.k8s.io. Did you mean \(meant)?"
            ])
        #expect(manifests.places == ["2:7 kind"])
    }

    @Test(arguments: [
        (
            "gateway.networking.k8s.io/v1alpha2", "Gateway",
            "gateway.networking.k8s.io/v1 or gateway.networking.k8s.io/v1beta1"
        ),
        ("discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"),
        ("v2", "Service", "v1"),
    ])
    func `a version that is not served is an error that names those that are`(
        apiVersion: String, kind: String, versions: String
    ) {
        let manifests = decode("apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: a}")
        #expect(
            manifests.messages == [
                "apiVersion: \(apiVersion) is not a served version of \(kind). Use \(versions)."
            ])
        #expect(manifests.failedKeys.map(\.description) == ["\(kind) default/a"])
    }

    @Test(arguments: ["v1", "v1beta1"], ["GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"])
    func `both served versions are read`(version: String, kind: String) {
        let spec =
            switch kind {
            case "GatewayClass": "{controllerName: example.com/c}"
            case "Gateway": "{gatewayClassName: c, listeners: [{name: a, port: 80, protocol: HTTP}]}"
            case "ReferenceGrant": "{from: [{group: '', kind: A, namespace: n}], to: [{group: '', kind: Service}]}"
            default: "{}"
            }
        let manifests = decode(
            "apiVersion: gateway.networking.k8s.io/\(version)\nkind: \(kind)\nmetadata: {name: a}\nspec: \(spec)")
        #expect(manifests.diagnostics.isEmpty)
        #expect(manifests.objects.count == 1 && manifests.unknownKinds.isEmpty)
    }

    @Test(arguments: [
        ("TLSRoute", "v1"), ("TLSRoute", "v1alpha3"), ("TLSRoute", "v1alpha2"), ("TCPRoute", "v1"),
        ("TCPRoute", "v1alpha2"), ("UDPRoute", "v1"), ("UDPRoute", "v1alpha2"), ("GRPCRoute", "v1"),
    ])
    func `the versions of a route that the experimental channel serves are read`(kind: String, version: String) {
        let hostnames = kind == "TLSRoute" ? "hostnames: [a.example.com], " : ""
        let manifests = decode(
            "apiVersion: gateway.networking.k8s.io/\(version)\nkind: \(kind)\nmetadata: {name: a}\n"
                + "spec: {\(hostnames)rules: [{backendRefs: [{name: s, port: 1}]}]}")
        #expect(manifests.messages == [])
        #expect(manifests.objects.map(\.key.kind) == [kind] && manifests.unknownKinds.isEmpty)
    }

    @Test func `the items of lists are unpacked`() {
        let manifests = decode(
            """
            {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [
              {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
              {"apiVersion": "v1", "kind": "NamespaceList", "items": [{"metadata": {"name": "b"}}]}]}
            """)
        #expect(manifests.diagnostics.isEmpty)
        #expect(manifests.objects.map(\.key.description) == ["Namespace a", "Namespace b"])
    }

    @Test(arguments: [
        ("kind: Service", "1:1 apiVersion"), ("apiVersion: v1", "1:1 kind"),
        ("apiVersion: 1\nkind: A", "1:13 apiVersion"),
        ("- a", "1:1 "), ("hello", "1:1 "), ("{{ .Values }}", ""),
    ])
    func `what is no object is an error`(text: String, place: String) {
        let manifests = decode(text)
        #expect(!manifests.errors.isEmpty)
        #expect(manifests.objects.isEmpty)
        #expect(manifests.hasUnreadableDocuments)
        if !place.isEmpty { #expect(manifests.places == [place]) }
    }

    @Test(arguments: ["", "\n\n", "# only a comment", "---\n---\n", "---\nnull\n", "\u{FEFF}", "%YAML 1.1\n---\n"])
    func `an empty document is nothing`(text: String) {
        let manifests = decode(text)
        #expect(manifests.diagnostics.isEmpty)
        #expect(manifests.objects.isEmpty)
    }

    @Test func `namespaces are completed for namespaced kinds only`() {
        let text = """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: x}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: c, namespace: x}}
            """
        let manifests = ManifestDecoder(defaultNamespace: "team").decode(text, file: "f")
        #expect(manifests.objects.map(\.key.description) == ["ConfigMap team/a", "ConfigMap x/b", "Namespace c"])
        #expect(
            manifests.messages == [
                "metadata.namespace: A Namespace is in no namespace. Take metadata.namespace out."
            ])
    }
}
