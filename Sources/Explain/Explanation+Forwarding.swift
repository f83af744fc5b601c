extension Explanation {
    /// One backendRef of the rule.
    package struct Backend: Sendable, Hashable, Codable {
        /// `namespace/name:port`, with `XBackend ` in front for one; nil for a reference that cannot be used.
        package var backend: String?
        package var namespace: String?
        package var name: String?
        package var port: UInt16?
        package var weight: UInt32
        /// Of the requests of the rule, in percent.
        package var share: Double
        /// What its share of the requests is answered with when no endpoint can be asked: 500 for a reference that
        /// cannot be used, 503 without usable endpoints.
        package var status: Int?
        package var endpoints: [Endpoint]
        /// No EndpointSlice says where its endpoints are, and it is taken to have some.
        package var endpointsAreAssumed: Bool
        /// nil in plain text.
        package var tls: BackendTLS?
        /// What reaches the backend.
        package var request: ForwardedRequest
        package var responseHeaders: HeaderChanges
        package var session: Session?
        package var retryBudget: RetryBudget?
    }

    /// How connections to a backend are secured.
    package struct BackendTLS: Sendable, Hashable, Codable {
        package var serverName: String
        /// `namespace/name` of the Gateway whose certificate is shown; nil for none, and for one of the backend's own.
        package var identity: String?
        package var showsCertificate: Bool
    }

    package struct Endpoint: Sendable, Hashable, Codable {
        /// `address:port`.
        package var address: String
        /// `ready`, or `terminating` while it still serves.
        package var condition: String
        /// Whether requests go there now.
        package var isUsed: Bool
    }

    /// A request as filters have made it.
    package struct ForwardedRequest: Sendable, Hashable, Codable {
        package var method: String
        package var path: String
        package var query: String?
        package var host: String
        /// All field lines but Host and those that frame the message.
        package var headers: [ExplainRequest.Field]
        /// How `headers` differs from what the client sent, X-Forwarded-* aside.
        package var changes: HeaderChanges

        package var target: String { path + (query.map { "?\($0)" } ?? "") }
    }

    /// What a header modifier does.
    package struct HeaderChanges: Sendable, Hashable, Codable {
        /// Lines that are added, also in place of removed ones.
        package var added: [ExplainRequest.Field] = []
        /// Names that are taken out. Of a request only those that it has.
        package var removed: [String] = []

        package var isEmpty: Bool { added.isEmpty && removed.isEmpty }
    }

    package struct Mirror: Sendable, Hashable, Codable {
        package var backend: String
        package var name: String
        package var namespace: String
        /// In percent.
        package var share: Double
    }

    /// Lengths of time as GEP-2257 writes them; nil is without limit.
    package struct Timeouts: Sendable, Hashable, Codable {
        package var request: String?
        package var backendRequest: String?
    }

    package struct Retry: Sendable, Hashable, Codable {
        package var attempts: UInt32
        package var codes: [UInt16]
        package var backoff: String
    }

    package struct RetryBudget: Sendable, Hashable, Codable {
        package var percent: UInt32
        package var interval: String
    }

    package struct Session: Sendable, Hashable, Codable {
        /// `Cookie` or `Header`.
        package var type: String
        package var name: String
        package var absoluteTimeout: String?
    }

    package struct ResumedSession: Sendable, Hashable, Codable {
        package var backend: String?
        package var endpoint: String
    }

    package struct ExternalAuth: Sendable, Hashable, Codable {
        /// Who is asked; nil when the reference cannot be used.
        package var backend: String?
        /// Method and path of the question.
        package var request: String
        package var maximumBodySize: Int
    }

    package struct CORS: Sendable, Hashable, Codable {
        /// Whether the request is a preflight, which the gateway answers.
        package var isPreflight: Bool
        /// nil without Origin.
        package var origin: String?
        package var isAllowed: Bool
        /// What is added to the answer.
        package var responseHeaders: [ExplainRequest.Field]
    }
}
