import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

/// The manifests in Examples, those of the article above all.
struct ArticleTests {
    static let files: [(name: String, keys: [String])] = [
        ("01-gatewayclass.yaml", ["GatewayClass cilium"]),
        ("02-gateway.yaml", ["Gateway infrastructure/prod-gateway"]),
        ("03-httproute.yaml", ["HTTPRoute my-app/api-route"]),
        ("04-referencegrant.yaml", ["ReferenceGrant my-app/allow-infrastructure-gateway"]),
        ("05-canary.yaml", ["HTTPRoute default/canary-deploy"]),
        ("06-header-routing-rules.yaml", ["HTTPRoute default/beta-users"]),
        ("07-filters-rules.yaml", ["HTTPRoute default/api-filters"]),
        ("08-migration-before-ingress.yaml", ["Ingress my-app"]),
        ("09-migration-after-gateway.yaml", ["Gateway infrastructure/main-gateway", "HTTPRoute my-app/my-app"]),
        ("10-cert-manager.yaml", ["Certificate infrastructure/app-cert", "Gateway infrastructure/app-gateway"]),
        ("11-mesh.yaml", ["HTTPRoute default/payment-service-route"]),
    ]

    @Test(arguments: files)
    func `every manifest of the article is read without complaint`(name: String, keys: [String]) throws {
        let text = try #require(contents(ofFile: "\(packageDirectory)/Examples/article/\(name)"))
        let manifests = decode(text, file: name)
        #expect(manifests.diagnostics.map(\.description) == [])
        #expect(manifests.objects.map(\.key.description) == keys)
    }

    @Test func `the canary weights are there`() throws {
        let text = try #require(contents(ofFile: "\(packageDirectory)/Examples/article/05-canary.yaml"))
        #expect(decode(text).routes.first?.spec.rules[0].backendRefs.map(\.weight) == [90, 10])
    }

    @Test(arguments: ["article", "quickstart"])
    func `the examples go together without complaint`(name: String) {
        let snapshot = ManifestSource(paths: ["\(packageDirectory)/Examples/\(name)"]).load()
        #expect(snapshot.diagnostics.map(\.description) == [])
        #expect(snapshot.objects.count > 5)
    }
}
