/// What works for a `BackendRequest` at the backend's side: an HTTP/1.1 connection, or one stream of an HTTP/2
/// connection.
///
/// Both are spoken to in HTTP/1.1: a request is its head as text and its body framed as that head says, and the response
/// comes back as the parsed head of such a text and the bytes of its body. What is kept of a request, for mirrors,
/// authorization and further attempts, therefore suits either.
///
/// A stream has no descriptor of its own and gets no events; its connection does.
class BackendConnection: EventHandler {
    final let worker: Worker
    final let endpoint: EndpointPool
    /// What is being worked for; nil before `take`, and when the request is over.
    final var request: BackendRequest?
    /// The connection was open before the request came: it may turn out that the endpoint has closed it meanwhile.
    final var isReused = false
    /// The endpoint may say that it has not looked at the request, which then can be sent again whatever its method.
    final var mayBeRefused = false

    init(worker: Worker, endpoint: EndpointPool, descriptor: Int32) {
        self.worker = worker
        self.endpoint = endpoint
        super.init(descriptor: descriptor)
    }

    /// Works for `request` until `release`, `abandon` or a failure.
    func take(_ request: BackendRequest) {
        self.request = request
        endpoint.requestsInFlight += 1
    }

    /// Another request takes over what is still to come of the response.
    final func handOver(to request: BackendRequest) {
        self.request = request
    }

    /// Lets go of the request.
    final func detach() -> BackendRequest? {
        guard let request else { return nil }
        self.request = nil
        endpoint.requestsInFlight -= 1
        return request
    }

    // MARK: For the kinds to say

    /// True while the endpoint does not take what has been sent: the client is not read meanwhile.
    var isBlocked: Bool { true }

    /// Bytes that wait to be sent.
    var waitingByteCount: Int { 0 }

    /// Sends now what the endpoint takes and keeps the rest. The head of a request comes whole, in one of the two parts of
    /// the first call.
    func send(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) {}

    /// Nothing more will be sent, after a switch of protocols.
    func finishSending() {}

    /// The client takes more of the response: hands on what there is.
    func processInput() {}

    /// The response is complete. Both sides are through with the request when `requestIsComplete`.
    func release(requestIsComplete: Bool) {}

    /// The request is given up.
    func abandon() {}
}
