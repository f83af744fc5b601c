import HTTPSemantics
import Routing

extension ReceivedRequest {
    struct Match {
        var outcome: MatchOutcome
        /// The method that decided: the one that a preflight asks for, if it was answered by the rule for that.
        var method: RequestMethod
        var isPreflight: Bool
    }

    /// What the data plane does with the request head, as `ServerConnection` does it.
    func match(_ table: RoutingTable, port: Int) -> Match {
        withView { view in
            guard let preflight = CORSPreflight(view) else {
                return Match(
                    outcome: table.match(port: port, request: view), method: view.method, isPreflight: false)
            }
            let outcome = table.matcher.match(port: port, preflight: preflight, request: view)
            guard outcome.rule?.pointee.extras?.pointee.filters.cors != nil else {
                return Match(outcome: outcome, method: view.method, isPreflight: false)
            }
            var following = view
            following.method = RequestMethod(bytes: preflight.requestMethod)
            let isForFollowing = table.match(port: port, request: following).rule == outcome.rule
            return Match(
                outcome: outcome, method: isForFollowing ? following.method : view.method, isPreflight: true)
        }
    }

    /// - Parameter method: `Match.method`.
    func trace(_ table: RoutingTable, port: Int, method: RequestMethod) -> MatchTrace {
        withView { view in
            var view = view
            view.method = method
            return table.trace(port: port, request: view)
        }
    }
}
