import Routing
import Testing

@Suite struct ExternalAuthTests {
    static func compile(_ configuration: ExternalAuth) throws -> (RoutingTable, CompiledExternalAuth) {
        let rule = try SingleRule(
            filters: RuleFilters(externalAuth: configuration), backends: [backendID("x"), backendID("auth")])
        return (rule.table, try #require(try rule.extras().filters.externalAuth).pointee)
    }

    @Test(arguments: [
        ("authorization", true), ("AUTHORIZATION", true), ("x-one", true), ("X-Two", true), ("x-three", false),
        ("cookie", false), ("content-length", false), ("Transfer-Encoding", false), ("host", false),
    ])
    func `the server gets Authorization and what is listed`(_ name: String, _ expected: Bool) throws {
        let (table, auth) = try Self.compile(
            ExternalAuth(
                backend: backendID("auth"),
                allowedHeaders: ["X-One", "x-two", "Content-Length", "transfer-encoding", "Host"]))
        withExtendedLifetime(table) {
            #expect(withBytes(name, auth.sends(requestField:)) == expected)
            #expect(auth.backendIndex == 1)
        }
    }

    @Test(arguments: [
        ("x-user", true), ("X-USER", true), ("x-other", false), ("Host", false), ("content-length", false),
        ("connection", false), ("set-cookie", true),
    ])
    func `a list of response fields is kept to, but for what frames the request`(
        _ name: String, _ expected: Bool
    ) throws {
        let (table, auth) = try Self.compile(
            ExternalAuth(
                backend: backendID("auth"),
                allowedResponseHeaders: ["X-User", "host", "Content-Length", "Connection", "Set-Cookie"]))
        withExtendedLifetime(table) { #expect(withBytes(name, auth.mayPass(responseField:)) == expected) }
    }

    @Test(arguments: [
        ("x-user", true), ("Authorization", true), ("cookie", true), ("Host", false), ("Content-Length", false),
        ("Transfer-Encoding", false), ("Keep-Alive", false), ("Connection", false), ("Upgrade", false),
        ("Content-Type", false), ("Content-Encoding", false), ("Date", false), ("Server", false),
        ("Set-Cookie", false), ("WWW-Authenticate", false), ("Vary", false), ("contents", true),
    ])
    func `without a list all response fields pass that can belong to a request`(
        _ name: String, _ expected: Bool
    ) throws {
        let (table, auth) = try Self.compile(ExternalAuth(backend: backendID("auth")))
        withExtendedLifetime(table) { #expect(withBytes(name, auth.mayPass(responseField:)) == expected) }
    }

    @Test(arguments: [
        ("", ""), ("/check", "/check"), ("/check/", "/check"), ("check", "/check"), ("/", ""),
        ("/a b?c#d\r\n", "/a%20b%3Fc%23d%0D%0A"),
    ])
    func `the prefix can stand in front of a path`(_ prefix: String, _ expected: String) throws {
        let (table, auth) = try Self.compile(ExternalAuth(backend: backendID("auth"), pathPrefix: prefix))
        withExtendedLifetime(table) { #expect(text(auth.pathPrefix) == expected) }
    }

    @Test(arguments: [nil, backendID("unknown")])
    func `without its server a rule answers 500, preflights still get their answer`(_ backend: BackendID?) throws {
        let filters = RuleFilters(cors: CORSPolicy(), externalAuth: ExternalAuth(backend: backend))
        let forward = RuleAction.forward([WeightedBackend(destination: .backend(backendID("a")))])
        for action in [forward, .redirect(RequestRedirect()), .respond(status: 200)] {
            let rule = try SingleRule(filters: filters, action: action, backends: [backendID("a")])
            #expect(rule.rule.pointee.action == .respond)
            #expect(rule.rule.pointee.status == 500)
            #expect(try rule.extras().filters.externalAuth == nil)
            #expect(try rule.extras().filters.cors != nil)
        }
    }
}
