import HTTPSemantics
import Routing
import Testing

@Suite struct CORSResponseTests {
    static func lines(_ policy: CORSPolicy, origin: String?) throws -> [String] {
        let rule = try SingleRule(filters: RuleFilters(cors: policy))
        let cors = try #require(try rule.extras().filters.cors)
        var written = ""
        let request = TestRequest("/", headers: origin.map { [("Origin", $0)] } ?? [])
        withExtendedLifetime(rule.table) {
            request.withView { view in
                let origin = CompiledCORS.origin(of: view)
                cors.pointee.writeResponseFields(origin: origin) { written += text($0) }
            }
        }
        return written.split(separator: "\r\n").map(String.init).sorted()
    }

    static let policy = CORSPolicy(
        allowOrigins: [CORSPreflightTests.foo], allowCredentials: true, allowMethods: .list(["GET"]),
        exposeHeaders: .list(["x-header-3", "x-header-4"]))

    @Test func `an allowed origin may read the response`() throws {
        #expect(
            try Self.lines(Self.policy, origin: "https://www.foo.com") == [
                "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: https://www.foo.com",
                "Access-Control-Expose-Headers: x-header-3, x-header-4", "Vary: Origin",
            ])
    }

    @Test(arguments: ["https://www.bar.com", nil, "", "https://www.foo.com\r\nEvil: 1"] as [String?])
    func `every other origin, and none, gets the hint for caches only`(_ origin: String?) throws {
        #expect(try Self.lines(Self.policy, origin: origin) == ["Vary: Origin"])
    }

    @Test func `the star without credentials is the same for all`() throws {
        let policy = CORSPolicy(allowOrigins: [.any], exposeHeaders: .any)
        #expect(
            try Self.lines(policy, origin: "https://a.com") == [
                "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *",
            ])
        #expect(try Self.lines(policy, origin: nil) == [])
    }

    @Test func `the star with credentials repeats the origin`() throws {
        let policy = CORSPolicy(allowOrigins: [.any], allowCredentials: true, exposeHeaders: .any)
        #expect(
            try Self.lines(policy, origin: "https://a.com:1") == [
                "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: https://a.com:1",
                "Vary: Origin",
            ])
    }

    @Test func `the star with credentials exposes the fields that are there by name`() throws {
        let policy = CORSPolicy(allowOrigins: [.any], allowCredentials: true, exposeHeaders: .any)
        let rule = try SingleRule(filters: RuleFilters(cors: policy))
        let cors = try #require(try rule.extras().filters.cors)
        let response = TestRequest(
            "/", headers: [("X-A", "1"), ("access-control-allow-origin", "*"), ("Content-Type", "text/plain")])
        var written = ""
        withExtendedLifetime(rule.table) {
            #expect(cors.pointee.exposesByName)
            response.withView { cors.pointee.writeExposedNames(of: $0.fields, base: $0.base) { written += text($0) } }
        }
        #expect(written == "Access-Control-Expose-Headers: X-A, Content-Type\r\n")
    }

    @Test(arguments: [
        ("Access-Control-Allow-Origin", true), ("access-control-allow-credentials", true),
        ("ACCESS-CONTROL-ALLOW-METHODS", true), ("Access-Control-Allow-Headers", true),
        ("Access-Control-Expose-Headers", true), ("Access-Control-Max-Age", true), ("Vary", false),
        ("Access-Control-Request-Method", false), ("Access-Control-Allow-Origim", false), ("", false),
    ])
    func `what the backend says about it is recognised`(_ name: String, _ expected: Bool) {
        #expect(withBytes(name, CompiledCORS.isResponseField) == expected)
    }
}
