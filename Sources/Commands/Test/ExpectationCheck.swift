import Explain
import KubernetesTypes
import Manifests

/// Compares an explanation with what a test expects.
struct ExpectationCheck {
    private let test: RouteTest
    private let explanation: Explanation
    private(set) var mismatches: [Mismatch] = []

    init(_ test: RouteTest, _ explanation: Explanation) {
        self.test = test
        self.explanation = explanation
        checkRoute()
        checkAnswer()
        checkBackends()
        checkRequest()
        checkPolicies()
    }

    private var expect: RouteTest.Expectations { test.expect }

    private mutating func expect(_ field: String, _ expected: String, _ found: String, _ holds: Bool) {
        if !holds { fail(FieldPath("expect").field(field), expected, found) }
    }

    private mutating func fail(_ path: FieldPath, _ expected: String, _ found: String) {
        let field = path.components.dropFirst().reduce(into: FieldPath()) { $0.components.append($1) }
        let mismatch = Mismatch(
            field: "\(field)", expected: expected, found: found, source: test.location(of: path).map { "\($0)" })
        // Several backends may lack the same thing.
        if !mismatches.contains(mismatch) { mismatches.append(mismatch) }
    }

    // MARK: Route and listener

    private mutating func checkRoute() {
        let nothing = "none (\(explanation.verdict.message))"
        if let route = expect.route {
            let found = explanation.rule?.route
            self.expect("route", route, found ?? nothing, found.map { Self.isName(route, of: $0) } ?? false)
        }
        if let rule = expect.rule {
            let found = explanation.rule
            switch rule {
            case .index(let index): self.expect("rule", "\(index)", Self.text(found) ?? nothing, found?.index == index)
            case .name(let name): self.expect("rule", name, Self.text(found) ?? nothing, found?.name == name)
            }
        }
        if let listener = expect.listener {
            let found = explanation.listeners.first { $0.result == .chosen }.map { "\($0.gateway)/\($0.name)" }
            self.expect(
                "listener", listener, found ?? nothing, found.map { Self.isName(listener, of: $0) } ?? false)
        }
        if let hostname = expect.hostname {
            let found = explanation.candidates.first { $0.result == .chosen }?.hostname
            self.expect("hostname", hostname, found ?? nothing, found == hostname.lowercased())
        }
    }

    private static func text(_ rule: Explanation.Rule?) -> String? {
        rule.map { rule in rule.name.map { "\(rule.index) \"\($0)\"" } ?? "\(rule.index)" }
    }

    /// Whether `name` is `full`, or the end of it after a slash.
    private static func isName(_ name: String, of full: String) -> Bool {
        full == name || full.hasSuffix("/\(name)")
    }

    // MARK: Answer

    private mutating func checkAnswer() {
        if let status = expect.status {
            let found = explanation.verdict.status
            self.expect("status", "\(status)", statusText, found == status)
        }
        if let status = expect.grpcStatus {
            let found = explanation.verdict.grpcStatus
            let text = found.map { "\($0) (\(explanation.verdict.message))" } ?? statusText
            self.expect("grpcStatus", "\(status)", text, found == status)
        }
        guard let redirect = expect.redirect else { return }
        let found = explanation.redirect
        if let location = redirect.location {
            self.expect("redirect", location, found?.location ?? "no redirect", found?.location == location)
        }
        if let status = redirect.status {
            self.expect("redirect", "\(status)", statusText, found?.status == status)
        }
        if redirect.location == nil, redirect.status == nil {
            self.expect("redirect", "a redirect", "no redirect", found != nil)
        }
    }

    private var statusText: String {
        explanation.verdict.status.map { "\($0) (\(explanation.verdict.message))" }
            ?? "none of the gateway's own (\(explanation.verdict.message))"
    }

    // MARK: Backends

    private mutating func checkBackends() {
        if let backend = expect.backend { checkSplit("backend", [backend], exactly: false) }
        if let backends = expect.backends { checkSplit("backends", backends, exactly: true) }
        guard let mirrors = expect.mirrors else { return }
        let found = explanation.mirrors.map { SplitEntry(name: $0.backend, share: $0.share, error: nil) }
        compare("mirrors", mirrors, with: found, exactly: true)
    }

    private mutating func checkSplit(_ field: String, _ expected: [RouteTest.Backend], exactly: Bool) {
        let found = explanation.backends.filter { $0.weight > 0 }.map { backend in
            SplitEntry(
                name: backend.backend ?? "(invalid backendRef)", share: backend.share, error: backend.status)
        }
        compare(field, expected, with: found, exactly: exactly)
    }

    private struct SplitEntry {
        var name: String
        var share: Double
        var error: Int?

        var text: String { "\(name) (\(PercentText.format(share)))\(error.map { " answers \($0)" } ?? "")" }

        func isMeant(by expected: RouteTest.Backend) -> Bool {
            guard error == nil else { return false }
            let withoutPort = String(name[..<(name.lastIndex(of: ":") ?? name.endIndex)])
            guard
                ExpectationCheck.isName(expected.name, of: name)
                    || ExpectationCheck.isName(expected.name, of: withoutPort)
            else { return false }
            return ExpectationCheck.rounded(share, expected.share) == (expected.share?.percent ?? 100)
        }
    }

    /// To as many decimals as the expectation has.
    private static func rounded(_ share: Double, _ expected: RouteTest.Share?) -> Double {
        var factor = 1.0
        for _ in 0..<min(expected?.decimals ?? 6, 6) { factor *= 10 }
        return (share * factor).rounded() / factor
    }

    private mutating func compare(
        _ field: String, _ expected: [RouteTest.Backend], with found: [SplitEntry], exactly: Bool
    ) {
        let areThere = expected.allSatisfy { backend in found.contains { $0.isMeant(by: backend) } }
        let holds = areThere && (!exactly || found.count == expected.count)
        let wanted = expected.map { backend in
            "\(backend.name) (\(PercentText.format(backend.share?.percent ?? 100)))"
        }
        self.expect(
            field, wanted.isEmpty ? "none" : wanted.joined(separator: "\n"),
            found.isEmpty ? "none (\(explanation.verdict.message))" : found.map(\.text).joined(separator: "\n"), holds)
    }

    // MARK: What the backend sees

    /// All backends with a share must see what is expected.
    private mutating func checkRequest() {
        let sharing = explanation.backends.filter { $0.weight > 0 }
        let requests = sharing.map(\.request)
        let none = "nothing is forwarded (\(explanation.verdict.message))"
        func first(_ text: (Explanation.ForwardedRequest) -> String, _ expected: String) -> (String, Bool) {
            guard !requests.isEmpty else { return (none, false) }
            let wrong = requests.map(text).first { $0 != expected }
            return (wrong ?? expected, wrong == nil)
        }
        if let path = expect.path {
            let (found, holds) = first({ path.contains("?") ? $0.target : $0.path }, path)
            self.expect("path", path, found, holds)
        }
        if let host = expect.host {
            let (found, holds) = first({ $0.host }, host)
            self.expect("host", host, found, holds)
        }
        if let method = expect.method {
            let (found, holds) = first({ $0.method }, method)
            self.expect("method", method, found, holds)
        }
        for header in expect.requestHeaders ?? [] {
            let values = requests.map { Self.values(of: header.name, in: $0.headers) }
            check(header, "requestHeaders", requests.isEmpty ? nil : values, none: none)
        }
        for header in expect.responseHeaders ?? [] { checkResponse(header, of: sharing) }
    }

    private mutating func checkResponse(_ header: RouteTest.HeaderExpectation, of backends: [Explanation.Backend]) {
        let ofBackends = backends.map(\.responseHeaders)
        let changes = ofBackends.isEmpty ? [explanation.responseHeaders] : ofBackends
        let cors = explanation.cors?.responseHeaders ?? []
        let values = changes.map { Self.values(of: header.name, in: $0.added + cors) }
        let path = FieldPath("expect.responseHeaders").key(header.name)
        guard header.value == nil else { return check(header, "responseHeaders", values, none: "") }
        // Absence is certain when the gateway removes the field, or when the answer is its own.
        for (change, value) in zip(changes, values) {
            let isRemoved =
                explanation.verdict.status != nil
                || change.removed.contains { $0.lowercased() == header.name.lowercased() }
            guard let value else {
                if !isRemoved { fail(path, "removed", "whatever the backend sends is passed on") }
                continue
            }
            fail(path, "removed", SensitiveFields.shown(value, of: header.name))
        }
    }

    /// - Parameter values: what each backend sees; nil when nothing is forwarded.
    private mutating func check(
        _ header: RouteTest.HeaderExpectation, _ field: String, _ values: [String?]?, none: String
    ) {
        let path = FieldPath("expect").field(field).key(header.name)
        func shown(_ value: String?) -> String {
            value.map { SensitiveFields.shown($0, of: header.name) } ?? "no such header"
        }
        guard let values else { return fail(path, shown(header.value), none) }
        if let wrong = values.first(where: { $0 != header.value }) { fail(path, shown(header.value), shown(wrong)) }
    }

    private static func values(of name: String, in fields: [ExplainRequest.Field]) -> String? {
        let values = fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    // MARK: Timeouts, retries, sessions

    private mutating func checkPolicies() {
        func text(_ value: String?) -> String { value ?? "none" }
        if let timeouts = expect.timeouts {
            let found = explanation.timeouts
            if let request = timeouts.request {
                checkDuration("timeouts.request", request, found?.request)
            }
            if let backend = timeouts.backendRequest {
                checkDuration("timeouts.backendRequest", backend, found?.backendRequest)
            }
        }
        if let retry = expect.retry {
            let found = explanation.retry
            if let attempts = retry.attempts {
                let number = found.map { Int($0.attempts) } ?? 0
                if number != attempts { fail(FieldPath("expect.retry.attempts"), "\(attempts)", "\(number)") }
            }
            if let codes = retry.codes, codes.sorted() != (found?.codes.map(Int.init) ?? []) {
                fail(FieldPath("expect.retry.codes"), "\(codes.sorted())", "\(found?.codes ?? [])")
            }
            if let backoff = retry.backoff { checkDuration("retry.backoff", backoff, found?.backoff) }
        }
        if let session = expect.session {
            let names = Set(explanation.backends.compactMap { $0.session?.name })
            self.expect(
                "session", session, names.isEmpty ? "none" : names.sorted().joined(separator: ", "),
                names == [session])
        }
    }

    /// Durations are equal when they are equally long: `90s` is `1m30s`.
    private mutating func checkDuration(_ field: String, _ expected: String, _ found: String?) {
        let wanted = DurationSpelling.canonical(expected)
        // No timeout is what 0s says.
        if wanted != (found ?? "0s") { fail(FieldPath("expect.\(field)"), expected, found ?? "none") }
    }
}
