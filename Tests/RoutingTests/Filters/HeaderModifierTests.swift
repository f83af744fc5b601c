import Routing
import Testing

@Suite struct HeaderModifierTests {
    typealias Field = HeaderModifier.Field

    static func compile(_ modifier: HeaderModifier) throws -> (RoutingTable, CompiledHeaderModifier) {
        let table = table([rule("1", filters: RuleFilters(requestHeaders: modifier))])
        return (table, try #require(table.match(TestRequest("/")).rule).pointee.requestHeaders)
    }

    static let full = HeaderModifier(
        set: [Field(name: "X-Header-Set", value: "set-overwrites-values"), Field(name: "Empty", value: "")],
        add: [Field(name: "X-Header-Add", value: "add-appends-values"), Field(name: "X-Header-Add", value: "twice")],
        remove: ["X-Header-Remove", "other"])

    @Test(arguments: [
        ("X-Header-Set", true), ("x-header-set", true), ("X-HEADER-REMOVE", true), ("Other", true), ("empty", true),
        ("X-Header-Add", false), ("X-Header-Se", false), ("X-Header-Set2", false), ("othes", false), ("", false),
        (String(repeating: "o", count: 69), false),
    ])
    func `set and remove take fields out, add does not`(_ name: String, _ expected: Bool) throws {
        let (table, modifier) = try Self.compile(Self.full)
        withExtendedLifetime(table) {
            #expect(withBytes(name) { modifier.removes(name: $0) } == expected)
            #expect(!modifier.isEmpty)
        }
    }

    @Test func `set and add come as lines, ready for either protocol`() throws {
        let (table, modifier) = try Self.compile(Self.full)
        withExtendedLifetime(table) {
            #expect(
                String(decoding: modifier.http1Lines, as: UTF8.self)
                    == "X-Header-Set: set-overwrites-values\r\nEmpty: \r\nX-Header-Add: add-appends-values\r\nX-Header-Add: twice\r\n"
            )
            let pairs = modifier.lines.map {
                "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
            }
            #expect(
                pairs == [
                    "x-header-set=set-overwrites-values", "empty=", "x-header-add=add-appends-values",
                    "x-header-add=twice",
                ])
        }
    }

    @Test func `a rule without modifiers has empty ones`() throws {
        let table = table([rule("1")])
        let rule = try #require(table.match(TestRequest("/")).rule)
        #expect(rule.pointee.requestHeaders.isEmpty)
        #expect(rule.pointee.responseHeaders.isEmpty)
        #expect(withBytes("a") { rule.pointee.requestHeaders.removes(name: $0) } == false)
    }

    @Test(arguments: [
        "Connection", "content-length", "Transfer-Encoding", "Host", "TE", "upgrade", "Keep-Alive", "Trailer",
    ])
    func `framing and connection fields are not touched`(_ name: String) throws {
        let (table, modifier) = try Self.compile(
            HeaderModifier(set: [Field(name: name, value: "1")], add: [Field(name: name, value: "2")], remove: [name]))
        withExtendedLifetime(table) {
            #expect(modifier.isEmpty)
            #expect(modifier.lines.isEmpty)
        }
        #expect(!HeaderModifier.isModifiable(name: name))
        #expect(HeaderModifier.isModifiable(name: name + "-x"))
    }

    @Test(arguments: [
        HeaderModifier(set: [Field(name: "a", value: "b\r\nc: d")]),
        HeaderModifier(add: [Field(name: "a", value: "b\n")]),
        HeaderModifier(add: [Field(name: "a", value: "\0")]), HeaderModifier(add: [Field(name: "a b", value: "")]),
        HeaderModifier(add: [Field(name: "", value: "")]), HeaderModifier(remove: ["a:"]),
    ])
    func `a modifier that would break a message apart makes its rule answer 500`(_ modifier: HeaderModifier) throws {
        #expect(!modifier.isValid)
        let id = WeightTests.id("a")
        let table = table(
            [
                rule("request", [prefix("/1")], filters: RuleFilters(requestHeaders: modifier)),
                rule("response", [prefix("/2")], filters: RuleFilters(responseHeaders: modifier)),
                rule(
                    "backend", [prefix("/3")],
                    action: .forward([
                        WeightedBackend(destination: .backend(id), filters: RuleFilters(requestHeaders: modifier))
                    ])),
            ], backends: [BackendConfiguration(id: id, endpoints: [])])
        #expect(try #require(table.match(TestRequest("/1")).rule).pointee.status == 500)
        #expect(try #require(table.match(TestRequest("/2")).rule).pointee.status == 500)
        #expect(try #require(table.match(TestRequest("/3")).rule).pointee.backends[0].backendIndex == -1)
    }

    @Test func `backends have filters of their own`() throws {
        let id = WeightTests.id("a")
        let filters = RuleFilters(
            requestHeaders: HeaderModifier(set: [Field(name: "Backend", value: "a")]),
            responseHeaders: HeaderModifier(remove: ["x"]), rewrite: URLRewrite(path: .replaceFullPath("/b")))
        let table = table(
            [rule("1", action: .forward([WeightedBackend(destination: .backend(id), filters: filters)]))],
            backends: [BackendConfiguration(id: id, endpoints: [])])
        let rule = try #require(table.match(TestRequest("/")).rule)
        let backend = rule.pointee.pickBackend(random: 1).pointee
        #expect(rule.pointee.requestHeaders.isEmpty)
        #expect(backend.backendIndex == 0)
        #expect(String(decoding: backend.requestHeaders.http1Lines, as: UTF8.self) == "Backend: a\r\n")
        #expect(withBytes("X") { backend.responseHeaders.removes(name: $0) })
        #expect(backend.rewrite.path.kind == .full)
    }
}
