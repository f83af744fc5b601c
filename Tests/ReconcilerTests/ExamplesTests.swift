import Foundation
import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler
import Testing

@Suite struct ExamplesTests {
    private func state(of directory: String) throws -> ClusterState {
        let examples = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Examples/\(directory)")
        var state = ClusterState()
        for file in try FileManager.default.contentsOfDirectory(at: examples, includingPropertiesForKeys: nil)
        where file.pathExtension == "yaml" {
            let manifests = ManifestDecoder().decode(
                try String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent)
            #expect(manifests.diagnostics.filter { $0.severity == .error }.isEmpty)
            for object in manifests.objects { state.set(object.object) }
        }
        return state
    }

    @Test func `everything in the quickstart is served`() throws {
        let outcome = try state(of: "quickstart").outcome
        #expect(outcome.diagnostics.isEmpty)
        #expect(outcome.summary.routes.isEmpty)
        #expect(outcome.summary.gateways.flatMap(\.listeners).allSatisfy { $0.isServed && $0.attachedRoutes > 0 })
    }

    @Test func `every object of the article gets an answer`() throws {
        let settings = ReconcilerSettings(
            additionalControllerNames: ["io.cilium/gateway-controller"], standalone: true)
        let outcome = reconcile(try state(of: "article"), settings: settings)
        #expect(outcome.statuses.gatewayClasses.map(\.key.name) == ["cilium"])
        #expect(outcome.statuses.gateways.map(\.key.name) == ["app-gateway", "prod-gateway"])
        let answered = Set(outcome.statuses.httpRoutes.map(\.key) + outcome.diagnostics.map(\.object))
        for name in ["api-route", "canary-deploy", "beta-users", "api-filters", "payment-service-route"] {
            #expect(answered.contains { $0.name == name }, "\(name)")
        }
    }
}
