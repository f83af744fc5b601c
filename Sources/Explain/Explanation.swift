/// What becomes of one request, and why. A value for people and programs: `ExplanationText` writes it, JSON is its
/// `Codable` form (docs/explain.md names the fields).
package struct Explanation: Sendable, Hashable, Codable {
    package var request: Request
    package var verdict: Verdict
    /// The listeners of the port, in the configuration's order.
    package var listeners: [Listener] = []
    /// The hostname patterns whose rules were compared, in the order of the trial.
    package var hostnames: [String] = []
    /// The matches that were compared, in order of precedence: every one whose hostname and path hold, and a few of the
    /// others.
    package var candidates: [Candidate] = []
    /// How many matches of the port are not in `candidates`.
    package var omittedCandidates = 0
    /// Only for a 404: what came closest, the closest first.
    package var closest: [Candidate] = []
    package var rule: Rule?
    package var redirect: Redirect?
    /// Empty unless the rule forwards.
    package var backends: [Backend] = []
    /// What the client sees changed in the answer by the rule; `Backend.responseHeaders` has the whole for forwarded
    /// requests.
    package var responseHeaders = HeaderChanges()
    package var cors: CORS?
    package var externalAuth: ExternalAuth?
    package var mirrors: [Mirror] = []
    package var timeouts: Timeouts?
    package var retry: Retry?
    /// The session that the request belongs to, if its endpoint is still there.
    package var session: ResumedSession?
    /// What is wrong with manifests that this request has to do with.
    package var problems: [Problem] = []

    package init(request: Request, verdict: Verdict) {
        self.request = request
        self.verdict = verdict
    }

    /// The request as it is matched.
    package struct Request: Sendable, Hashable, Codable {
        package var method: String
        package var url: String
        /// In lower case, without port.
        package var host: String
        /// Normalised: matched and forwarded in this form.
        package var path: String
        /// Without `?`.
        package var query: String?
        /// The listener's port as its Gateway states it.
        package var port: UInt16
    }

    package struct Verdict: Sendable, Hashable, Codable {
        package var outcome: Outcome
        package var reason: Reason
        /// What the gateway answers; nil when a backend decides.
        package var status: Int?
        /// For a gRPC request that the gateway answers itself: what its client sees; `status` is 200 then.
        package var grpcStatus: Int?
        /// One sentence.
        package var message: String
    }

    package enum Outcome: String, Sendable, Hashable, Codable {
        /// Some backend with a share can take the request.
        case forwarded
        case redirected
        /// The gateway itself gives the answer that the client wants: a CORS preflight.
        case answered
        /// The client gets an error.
        case refused
    }

    package enum Reason: String, Sendable, Hashable, Codable {
        case ruleForwards = "RuleForwards"
        case session = "Session"
        case ruleRedirects = "RuleRedirects"
        case preflight = "Preflight"
        case originNotAllowed = "OriginNotAllowed"
        case invalidRequest = "InvalidRequest"
        case noPort = "NoPort"
        case noListener = "NoListener"
        /// The connection is a TCPRoute's or TLSRoute's.
        case stream = "Stream"
        /// The connection was opened for another listener than the one that takes the host.
        case misdirected = "Misdirected"
        case noRule = "NoRule"
        case ruleHasNoBackend = "RuleHasNoBackend"
        case invalidBackends = "InvalidBackends"
        case noEndpoints = "NoEndpoints"
        case invalidBackendTLS = "InvalidBackendTLS"
        case invalidExternalAuth = "InvalidExternalAuth"
    }

    package struct Listener: Sendable, Hashable, Codable {
        package enum Result: String, Sendable, Hashable, Codable {
            case chosen, lessSpecific, doesNotMatch
        }

        /// `namespace/name`.
        package var gateway: String
        /// `namespace/name`; nil for the Gateway's own listeners.
        package var listenerSet: String?
        package var name: String
        package var hostname: String
        package var result: Result
        package var reason: String
    }

    /// One match of one rule for one hostname.
    package struct Candidate: Sendable, Hashable, Codable {
        package enum Result: String, Sendable, Hashable, Codable {
            case chosen
            /// Some condition does not hold.
            case failed
            /// Everything holds, but another match comes first.
            case outranked
        }

        /// `namespace/name`.
        package var route: String
        /// Index in the route.
        package var rule: Int
        package var ruleName: String?
        /// Index in the rule.
        package var match: Int
        package var hostname: String
        /// What it demands, in words.
        package var conditions: String
        package var result: Result
        /// Those that do not hold: `hostname`, `path`, `method`, `header NAME`, `query parameter NAME`.
        package var failed: [String]
        /// Why it lost; empty for the chosen one.
        package var reason: String
    }

    package struct Rule: Sendable, Hashable, Codable {
        /// `HTTPRoute` or `GRPCRoute`.
        package var kind: String
        /// `namespace/name`.
        package var route: String
        package var index: Int
        package var name: String?
        package var match: Int
        /// `file:line:column` where it is known.
        package var source: String?
    }

    package struct Redirect: Sendable, Hashable, Codable {
        package var status: Int
        package var location: String
    }

    package struct Problem: Sendable, Hashable, Codable {
        /// `file:line:column` where it is known.
        package var source: String?
        /// `Kind namespace/name`.
        package var object: String?
        package var message: String

        package init(source: String?, object: String?, message: String) {
            self.source = source
            self.object = object
            self.message = message
        }
    }
}
