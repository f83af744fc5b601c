import Glibc
import HTTPSemantics
import Routing
import Upstream

/// What a request said about its session, kept until the response.
struct SessionAssignment {
    /// nil when the chosen backend keeps no sessions.
    private(set) var configuration: CompiledSession?
    /// What the request brought.
    private var tokens: SessionTokens?
    /// The endpoint of the session that goes on; 0 without one.
    private(set) var resumed: UInt64 = 0

    init() {}

    /// The request begins a session, if there is none to go on with.
    mutating func begin(_ configuration: CompiledSession, view: RequestView) {
        self.configuration = configuration
        tokens = configuration.tokens(of: view)
        resumed = 0
    }

    mutating func resume(_ configuration: CompiledSession, tokens: SessionTokens, endpoint: UInt64) {
        self.configuration = configuration
        self.tokens = tokens
        resumed = endpoint
    }

    /// Writes the line that tells the client its session, unless it knows.
    /// - Parameters:
    ///   - endpoint: `SessionHash.endpoint` of the one that answers.
    ///   - isTLS: whether the client's side is.
    func writeLine(endpoint: UInt64, isTLS: Bool, to writer: inout HeadWriter) {
        guard let configuration, let tokens, endpoint != resumed else { return }
        let token = configuration.newToken(endpoint: endpoint, now: Self.now)
        configuration.writeLine(token: token, keeping: tokens, isTLS: isTLS) {
            writer.write($0)
        }
    }

    /// Seconds since 1970.
    static var now: UInt32 { UInt32(truncatingIfNeeded: time(nil)) }
}

/// `sessionPersistence` (GEP-1619): a session stays with its endpoint as long as there is one, whatever the weights say.
extension Exchange {
    /// Finds the endpoint of the session that the request belongs to, and sets `backend` accordingly; nil when it belongs
    /// to none, or the endpoint is gone.
    func resumeSession(
        _ rule: UnsafePointer<CompiledRule>, _ extras: UnsafePointer<CompiledExtras>, view: RequestView
    ) -> EndpointPool? {
        guard let table else { return nil }
        for (index, configuration) in extras.pointee.sessions.enumerated() {
            let tokens = configuration.tokens(of: view)
            guard let token = tokens.own, configuration.isCurrent(token, now: SessionAssignment.now) else { continue }
            for position in rule.pointee.backends.indices {
                guard let candidate = rule.pointee.backends.baseAddress.map({ $0 + position }),
                    Int(candidate.pointee.session) == index, candidate.pointee.backendIndex >= 0,
                    let endpoint = table.backends[Int(candidate.pointee.backendIndex)].endpoint(
                        withSession: token.endpoint, key: candidate.pointee.sessionKey)
                else { continue }
                backend = candidate
                session.resume(configuration, tokens: tokens, endpoint: token.endpoint)
                return endpoint
            }
        }
        return nil
    }

    /// Where a request of a session is tried again: an answer that is no good does not end the session. nil without a
    /// session, when its endpoint is gone, and when that cannot be reached.
    func sessionEndpoint(in pool: BackendPool) -> EndpointPool? {
        guard session.resumed != 0, let backend,
            let endpoint = pool.endpoint(withSession: session.resumed, key: backend.pointee.sessionKey),
            !endpoint.health.isAvoided(now: worker.loop.now)
        else { return nil }
        return endpoint
    }

    func writeSession(to writer: inout HeadWriter) {
        guard let backend, backend.pointee.session >= 0, !isRefused, let upstream else { return }
        let endpoint = SessionHash.endpoint(
            key: backend.pointee.sessionKey, address: upstream.endpoint.sessionHash)
        session.writeLine(endpoint: endpoint, isTLS: connection?.isSecure == true, to: &writer)
    }
}
