package import Routing

/// What follows from a `ClusterState`.
package struct Outcome: Sendable, Hashable {
    package var configuration: RoutingConfiguration
    package var statuses: Statuses
    /// Everything that the authors of objects should know, also what conditions say, sorted by object.
    package var diagnostics: [Diagnostic]
    package var summary: Summary
    /// Service ports that served routes forward to although no EndpointSlice of the Service exists and no override
    /// was given, sorted. Services of type ExternalName are not among them.
    package var backendsWithoutEndpoints: [BackendID]
}
