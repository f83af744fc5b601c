import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

@Suite struct SupportedFeaturesTests {
    @Test func `every feature of the release stands in the table once, in order`() {
        let names = SupportedFeatures.all.map(\.name)
        #expect(names.count == 58)
        #expect(Set(names).count == 58)
        #expect(names == names.sorted())
    }

    @Test func `what is claimed is published by every class of ours`() throws {
        var state = ClusterState()
        for name in ["a", "b"] {
            state.set(
                GatewayClass(
                    metadata: ObjectMeta(name: name),
                    spec: GatewayClassSpec(controllerName: ReconcilerSettings.defaultControllerName)))
        }
        let published = state.outcome.statuses.gatewayClasses.map(\.status.supportedFeatures)
        #expect(published == [SupportedFeatures.claimed, SupportedFeatures.claimed])
        #expect(SupportedFeatures.claimed.map(\.name) == SupportedFeatures.claimed.map(\.name).sorted())
        #expect(SupportedFeatures.claimed.contains(SupportedFeature(name: "GatewayStaticAddresses")))
    }
}
