import HTTPSemantics
import Routing
import Testing

/// A compiled session and short forms for its use.
struct TestSession {
    let rule: SingleRule
    let session: CompiledSession
    let key: UInt64

    init(
        name: String = "sid", carrier: SessionConfiguration.Carrier = .cookie(path: "/", isPermanent: false),
        absoluteTimeout: Duration? = nil, scope: String = "ns/r/0"
    ) throws {
        let configuration = SessionConfiguration(
            name: name, carrier: carrier, absoluteTimeout: absoluteTimeout, scope: scope)
        rule = try SingleRule(
            action: .forward([WeightedBackend(destination: .backend(backendID("a")), session: configuration)]),
            backends: [backendID("a")])
        session = try #require(try rule.extras().sessions.first)
        key = try #require(rule.rule.pointee.backends.first).sessionKey
    }

    func tokens(_ headers: [(String, String)]) -> SessionTokens {
        withExtendedLifetime(rule.table) { TestRequest("/", headers: headers).withView { session.tokens(of: $0) } }
    }

    func line(endpoint: UInt64, now: UInt32 = 1000, keeping: SessionTokens? = nil, isTLS: Bool = false) -> String {
        var written = ""
        withExtendedLifetime(rule.table) {
            session.writeLine(
                token: session.newToken(endpoint: endpoint, now: now), keeping: keeping ?? tokens([]), isTLS: isTLS
            ) { written += text($0) }
        }
        return written
    }

    /// The tokens alone.
    func value(endpoint: UInt64, now: UInt32 = 1000, keeping: SessionTokens? = nil) -> String {
        let line = line(endpoint: endpoint, now: now, keeping: keeping)
        return String(line.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
    }
}

@Suite struct SessionFieldTests {
    @Test func `a session cookie has no lifetime`() throws {
        let line = try TestSession(carrier: .cookie(path: "/a", isPermanent: false), absoluteTimeout: .seconds(60))
            .line(endpoint: 7)
        #expect(line.hasPrefix("Set-Cookie: sid="))
        #expect(line.hasSuffix("; Path=/a; HttpOnly; SameSite=Strict\r\n"))
    }

    @Test func `a permanent cookie has the absolute timeout`() throws {
        let session = try TestSession(
            carrier: .cookie(path: nil, isPermanent: true), absoluteTimeout: .milliseconds(90_500))
        #expect(session.line(endpoint: 7, isTLS: true).hasSuffix("; Max-Age=91; HttpOnly; SameSite=Strict; Secure\r\n"))
        #expect(!session.line(endpoint: 7).contains("Secure"))
    }

    @Test(arguments: [
        ("/", "/"), ("/a;b", "/"), ("/a/b;c", "/a"), ("/a\u{7F}", "/"), ("relative", "/"), ("/a/ü", "/a"),
    ])
    func `the path of a cookie cannot end its attribute`(_ path: String, _ expected: String) throws {
        let line = try TestSession(carrier: .cookie(path: path, isPermanent: false)).line(endpoint: 7)
        #expect(line.contains("; Path=\(expected); HttpOnly"))
    }

    @Test func `a header carries the bare token both ways`() throws {
        let session = try TestSession(name: "X-Session", carrier: .header)
        let line = session.line(endpoint: 42, isTLS: true)
        #expect(line.hasPrefix("X-Session: "))
        let value = line.dropFirst("X-Session: ".count).dropLast()
        #expect(value.utf8.count == 22 && !line.contains(";"))
        #expect(session.tokens([("x-session", String(value))]).own?.endpoint == 42)
        #expect(session.tokens([("cookie", "X-Session=\(value)")]).own == nil)
    }

    @Test func `a name that cannot be sent makes the backend invalid`() throws {
        let bad = SessionConfiguration(name: "a;b", carrier: .header, scope: "s")
        let rule = try SingleRule(
            action: .forward([WeightedBackend(destination: .backend(backendID("a")), session: bad)]),
            backends: [backendID("a")])
        #expect(rule.rule.pointee.backends.map(\.backendIndex) == [-1])
    }

    @Test func `backends share equal sessions and have keys of their own`() throws {
        func session(_ name: String) -> SessionConfiguration {
            SessionConfiguration(name: name, carrier: .header, scope: "s")
        }
        let rule = try SingleRule(
            action: .forward([
                WeightedBackend(destination: .backend(backendID("a")), session: session("one")),
                WeightedBackend(destination: .backend(backendID("b")), session: session("two")),
                WeightedBackend(destination: .backend(backendID("c"))),
                WeightedBackend(destination: .backend(backendID("b")), session: session("one")),
            ]), backends: [backendID("a"), backendID("b"), backendID("c")])
        let backends = rule.rule.pointee.backends
        withExtendedLifetime(rule.table) {
            #expect(backends.map(\.session) == [0, 1, -1, 0])
            #expect(Set(backends.map(\.sessionKey)).count == 3)
        }
        #expect(try rule.extras().sessions.count == 2)
    }
}

@Suite struct SessionTokenTests {
    @Test func `a token comes back as it was written`() throws {
        let session = try TestSession()
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            let endpoint = generator.next()
            let now = UInt32(truncatingIfNeeded: generator.next())
            let value = session.value(endpoint: endpoint, now: now)
            let own = try #require(session.tokens([("Cookie", "sid=\(value)")]).own)
            #expect(own == session.session.newToken(endpoint: endpoint, now: now))
        }
    }

    /// Kept by clients for months, and read by replicas of other versions: this text must never change its meaning.
    @Test func `the text of a token is the same in every process`() throws {
        let session = try TestSession()
        let address = withBytes("10.0.0.1:80", SessionHash.address)
        let endpoint = SessionHash.endpoint(key: session.key, address: address)
        #expect(session.value(endpoint: endpoint, now: 1_700_000_000) == "EJVJl9GC716KIlxBZVPxAA")
    }

    @Test(arguments: [
        "a=b; sid=TOKEN; c=d", "sid=TOKEN", "a=b;sid=TOKEN", "  sid = TOKEN ;", "sid=\"TOKEN\"", ";;=;sid=TOKEN",
        "sid=garbage; sid=TOKEN", "sid=garbage.TOKEN", "sid=.TOKEN.", "a=sid=x; sid=TOKEN",
    ])
    func `the own token is found in a cookie field`(_ field: String) throws {
        let session = try TestSession()
        let field = field.replacing("TOKEN", with: session.value(endpoint: 99))
        #expect(session.tokens([("cookie", field)]).own?.endpoint == 99)
        #expect(session.tokens([("Cookie", "x=y"), ("Other", "1"), ("COOKIE", field)]).own?.endpoint == 99)
    }

    @Test(arguments: [
        "SID=TOKEN", "sid2=TOKEN", "xsid=TOKEN", "sid", "sid=", "sid=TOKENx", "sid=xTOKEN", "a=\"; sid\"=TOKEN", "",
        "sid=TOKEN,", "sid=TOKEN TOKEN", "sid=\"TOKEN", "sid==TOKEN",
    ])
    func `what only looks like it is not found`(_ field: String) throws {
        let session = try TestSession()
        let field = field.replacing("TOKEN", with: session.value(endpoint: 99))
        #expect(session.tokens([("cookie", field)]).own == nil)
    }

    @Test func `the last digit of a token has one form only`() throws {
        let session = try TestSession()
        let value = session.value(endpoint: 99)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/."
        let accepted = alphabet.filter { session.tokens([("cookie", "sid=\(value.dropLast())\($0)")]).own != nil }
        #expect(accepted == "AQgw")
    }

    @Test func `sessions of other rules under the same name stay`() throws {
        let sessions = try (0..<12).map { try TestSession(scope: "ns/r/\($0)") }
        var value = ""
        for (number, session) in sessions.enumerated() {
            let before = session.tokens([("Cookie", "sid=\(value)")])
            #expect(before.own == nil)
            value = session.value(endpoint: UInt64(number), keeping: before)
            // The newest and the seven before it.
            for (other, session) in sessions.enumerated() {
                let own = session.tokens([("Cookie", "sid=\(value)")]).own
                #expect(own?.endpoint == (other <= number && other > number - 8 ? UInt64(other) : nil))
            }
        }
        #expect(value.utf8.count == 8 * 22 + 7)
        // A session that moves replaces its own token and no other.
        let tokens = sessions[9].tokens([("Cookie", "sid=\(value)")])
        let moved = sessions[9].value(endpoint: 77, keeping: tokens)
        #expect(sessions[9].tokens([("Cookie", "sid=\(moved)")]).own?.endpoint == 77)
        #expect(sessions[5].tokens([("Cookie", "sid=\(moved)")]).own?.endpoint == 5)
        #expect(moved.utf8.count == value.utf8.count)
    }

    @Test func `the first of several tokens of one session counts`() throws {
        let session = try TestSession()
        let (first, second) = (session.value(endpoint: 1), session.value(endpoint: 2))
        #expect(session.tokens([("Cookie", "sid=\(first); sid=\(second)")]).own?.endpoint == 1)
        #expect(session.tokens([("Cookie", "sid=\(second)"), ("Cookie", "sid=\(first)")]).own?.endpoint == 2)
    }

    @Test func `the own token is found behind any number of others`() throws {
        let others = try (1..<20).map { try TestSession(scope: "other/\($0)").value(endpoint: 5) }
        let session = try TestSession()
        let value = (others + [session.value(endpoint: 99)]).joined(separator: ".")
        #expect(session.tokens([("Cookie", "sid=\(value)")]).own?.endpoint == 99)
    }

    @Test func `no bytes make the reader stumble`() throws {
        let session = try TestSession()
        let header = try TestSession(name: "sid", carrier: .header)
        let valid = session.value(endpoint: 99)
        var generator = SeededGenerator(seed: 8)
        let pieces = ["sid", "=", ";", ".", "\"", " ", "\t", valid, "A", "\u{0}", "ü", "=;", String(valid.dropLast())]
        for _ in 0..<5000 {
            let field = (0..<Int.random(in: 0...12, using: &generator))
                .compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            for own in [session.tokens([("Cookie", field)]).own, header.tokens([("sid", field)]).own] {
                #expect(own == nil || own?.endpoint == 99)
            }
        }
    }
}

@Suite struct SessionLifetimeTests {
    @Test func `a session ends with its absolute timeout`() throws {
        let session = try TestSession(absoluteTimeout: .seconds(100)).session
        let token = session.newToken(endpoint: 1, now: 5000)
        #expect(session.isCurrent(token, now: 5000))
        #expect(session.isCurrent(token, now: 5099))
        #expect(!session.isCurrent(token, now: 5100))
        #expect(!session.isCurrent(token, now: .max))
    }

    @Test func `a session from the future is not believed beyond a minute`() throws {
        let session = try TestSession(absoluteTimeout: .seconds(100)).session
        let token = session.newToken(endpoint: 1, now: 5000)
        #expect(session.isCurrent(token, now: 4940))
        #expect(!session.isCurrent(token, now: 4939))
    }

    @Test func `without a timeout a session lasts`() throws {
        let session = try TestSession().session
        let token = session.newToken(endpoint: 1, now: 5000)
        #expect(session.isCurrent(token, now: 0) && session.isCurrent(token, now: .max))
    }

    @Test(arguments: [
        (Duration.milliseconds(1), UInt32(1)), (.seconds(1), 1), (.milliseconds(1001), 2), (.seconds(1 << 40), .max),
    ])
    func `timeouts are rounded up to seconds`(_ timeout: Duration, _ seconds: UInt32) throws {
        #expect(try TestSession(absoluteTimeout: timeout).session.absoluteTimeout == seconds)
    }
}

@Suite struct SessionHashTests {
    @Test func `scope, backend and address all count`() {
        let addresses = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.1:81", ""].map { withBytes($0, SessionHash.address) }
        let keys: [UInt64] = ["ns/r/0", "ns/r/1"].flatMap { scope in
            ["a", "b"].compactMap { try? TestKey(scope, $0).key }
        }
        #expect(keys.count == 4)
        let all = keys.flatMap { key in addresses.map { SessionHash.endpoint(key: key, address: $0) } }
        #expect(Set(all).count == 16)
    }

    private struct TestKey {
        let key: UInt64

        init(_ scope: String, _ backend: String) throws {
            let session = SessionConfiguration(name: "sid", carrier: .header, scope: scope)
            let rule = try SingleRule(
                action: .forward([WeightedBackend(destination: .backend(backendID(backend)), session: session)]),
                backends: [backendID(backend)])
            key = try #require(rule.rule.pointee.backends.first).sessionKey
        }
    }
}
