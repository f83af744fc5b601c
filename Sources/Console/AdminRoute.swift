import NIOHTTP1

/// What the admin server offers, each at one path, for GET and HEAD.
enum AdminRoute: String, CaseIterable {
    case index = "/"
    case metrics = "/metrics"
    case healthz = "/healthz"
    case readyz = "/readyz"
    case status = "/status"
    case explain = "/explain"

    /// The route of a request target in origin form, whose query is of no importance; nil if there is none.
    init?(target: String) {
        self.init(rawValue: String(target.prefix { $0 != "?" }))
    }

    var summary: String {
        switch self {
        case .index: "this list"
        case .metrics: "metrics in Prometheus text format"
        case .healthz: "200 while the process runs"
        case .readyz: "200 when a configuration is served, 503 with the reason before"
        case .status: "the objects with their conditions, as JSON"
        case .explain: "what becomes of a request: ?url=http://HOST/PATH [&method=GET] [&header=name:%20value]..."
        }
    }
}

/// An answer of the admin server before it becomes an HTTP message.
struct AdminResponse: Equatable {
    static let plainText = "text/plain; charset=utf-8"

    var status: HTTPResponseStatus
    var contentType = plainText
    var body: [UInt8]
    /// The methods that would have been understood, on a 405.
    var allow: String?

    init(_ status: HTTPResponseStatus, text: String, allow: String? = nil) {
        self.status = status
        self.body = Array(text.utf8)
        self.allow = allow
    }

    init(contentType: String, body: [UInt8]) {
        self.status = .ok
        self.contentType = contentType
        self.body = body
    }

    /// Decides what `method` on `target` is answered with.
    /// - Parameter accept: the request's `Accept`.
    static func answer(
        to method: HTTPMethod, _ target: String, accept: String? = nil, from sources: AdminSources
    ) async -> AdminResponse {
        guard let route = AdminRoute(target: target) else {
            return AdminResponse(.notFound, text: "not found; / lists what there is\n")
        }
        guard method == .GET || method == .HEAD else {
            return AdminResponse(.methodNotAllowed, text: "only GET and HEAD\n", allow: "GET, HEAD")
        }
        switch route {
        case .index:
            let width = 10
            let lines = AdminRoute.allCases.map { route in
                let padding = String(repeating: " ", count: max(1, width - route.rawValue.utf8.count))
                return route.rawValue + padding + route.summary + "\n"
            }
            return AdminResponse(.ok, text: lines.joined())
        case .metrics:
            return await AdminResponse(
                contentType: "text/plain; version=0.0.4; charset=utf-8", body: sources.metrics())
        case .healthz:
            return AdminResponse(.ok, text: "ok\n")
        case .readyz:
            switch await sources.readiness() {
            case .ready: return AdminResponse(.ok, text: "ready\n")
            case .notReady(let reason): return AdminResponse(.serviceUnavailable, text: reason + "\n")
            }
        case .status:
            return await AdminResponse(contentType: "application/json", body: sources.status())
        case .explain:
            return await explanation(target, accept: accept, from: sources)
        }
    }

    private static func explanation(
        _ target: String, accept: String?, from sources: AdminSources
    ) async -> AdminResponse {
        let query: ExplainQuery
        do throws(ExplainQuery.Mistake) {
            query = try ExplainQuery(target: target, accept: accept)
        } catch {
            return AdminResponse(.badRequest, text: error.sentence + "\n")
        }
        switch await sources.explain(query) {
        case .explained(let body):
            return AdminResponse(contentType: query.wantsJSON ? "application/json" : plainText, body: body)
        case .invalid(let sentence): return AdminResponse(.badRequest, text: sentence + "\n")
        case .notReady(let reason): return AdminResponse(.serviceUnavailable, text: reason + "\n")
        }
    }
}
