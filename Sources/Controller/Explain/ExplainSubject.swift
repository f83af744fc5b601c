package import Explain
import GatewayAPI
import Glibc
import KubernetesTypes
package import Manifests
package import Reconciler
package import Routing

/// Manifests with what followed from them: what requests are explained against.
package struct ExplainSubject: Sendable {
    package let manifests: ManifestSnapshot
    package let outcome: Outcome
    private let explainer: Explainer

    /// What is served at the moment.
    /// - Parameters:
    ///   - served: of the data plane.
    ///   - portOffset: what it adds to ports.
    package init(
        _ report: ServingReport, served: (configuration: RoutingConfiguration, table: RoutingTable), portOffset: Int
    ) {
        manifests = report.manifests
        outcome = report.outcome
        explainer = Explainer(
            configuration: served.configuration, table: served.table,
            settings: Explainer.Settings(portOffset: portOffset, now: Self.now))
    }

    /// Manifests that nobody serves. Services without EndpointSlices are taken to have endpoints, because manifests
    /// rarely come with any.
    package init(_ manifests: ManifestSnapshot, settings: ReconcilerSettings, portOffset: Int = 0) {
        let outcome = reconcile(ClusterState(manifests), settings: settings)
        self.manifests = manifests
        self.outcome = outcome
        explainer = Explainer(
            configuration: outcome.configuration, table: RoutingTable(outcome.configuration),
            settings: Explainer.Settings(
                portOffset: portOffset, backendsWithAssumedEndpoints: Set(outcome.backendsWithoutEndpoints),
                now: Self.now))
    }

    package func explain(_ request: ExplainRequest) -> Explanation {
        var explanation = explainer.explain(request)
        if let rule = explanation.rule { explanation.rule?.source = source(of: rule) }
        explanation.problems += ExplainProblems(subject: self).problems(for: explanation)
        return explanation
    }

    /// Seconds since 1970, as sessions count.
    private static var now: UInt32 { UInt32(truncatingIfNeeded: time(nil)) }

    private func source(of rule: Explanation.Rule) -> String? {
        let object = manifests.objects.first { object in
            guard case .httpRoute(let route) = object.object else { return false }
            return "\(route.metadata.namespace)/\(route.metadata.name)" == rule.route
        }
        return object.map { "\($0.fieldLocations.location(of: FieldPath("spec.rules").index(rule.index)))" }
    }
}
