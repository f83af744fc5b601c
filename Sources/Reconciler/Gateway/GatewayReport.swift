import GatewayAPI
import KubernetesTypes
import Routing

/// What is said about a Gateway and its ListenerSets whatever routes they have: put into words once, when a Gateway
/// changed, and not again with every route.
struct GatewayReport: Sendable {
    let conditions: [Condition]
    let problems: [String]
    /// `status.addresses`.
    let addresses: [GatewayStatusAddress]
    let attachedListenerSets: Int32?
    /// One for each of the Gateway's listeners, those of ListenerSets included.
    let listeners: [Listener]
    /// The conditions of each ListenerSet.
    let listenerSets: [[Condition]]

    struct Listener: Sendable {
        var conditions: [Condition]
        var problems: [String]
        /// A port is opened for it.
        var isServed: Bool
    }

    init(_ gateway: GatewayEvaluation) {
        conditions = gateway.conditions
        problems = conditions.problems
        addresses = gateway.publishedAddresses
        attachedListenerSets = gateway.attachedListenerSets
        listeners = gateway.listeners.map { listener in
            let conditions = gateway.conditions(of: listener)
            return Listener(conditions: conditions, problems: conditions.problems, isServed: gateway.serves(listener))
        }
        listenerSets = gateway.listenerSets.map(gateway.conditions(of:))
    }
}
