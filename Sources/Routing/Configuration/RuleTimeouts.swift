/// `rules[].timeouts` (GEP-1742). nil means no timeout; what is given is longer than zero.
package struct RuleTimeouts: Sendable, Hashable {
    /// From the arrival of the request head to the end of the response, all retries included. Expiry answers 504, or cuts
    /// the response off when its head is out already.
    package var request: Duration?
    /// The same for one attempt at one backend. Not above `request`.
    package var backendRequest: Duration?

    package init(request: Duration? = nil, backendRequest: Duration? = nil) {
        self.request = request
        self.backendRequest = backendRequest
    }
}
