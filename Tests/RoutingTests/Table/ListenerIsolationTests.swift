import Routing
import Testing

@Suite struct ListenerIsolationTests {
    static let names = ["empty", "wildcard", "wildcard-foo", "abc"]
    static let hostnames = ["*", "*.example.com", "*.foo.example.com", "abc.foo.example.com"]
    static let hosts = ["bar.com", "bar.example.com", "bar.foo.example.com", "abc.foo.example.com"]

    /// Every listener with one route on a path of its own; the routes repeat the hostname or leave it out.
    static func table(routesHaveHostnames: Bool) -> RoutingTable {
        RoutingTable(
            configuration(
                zip(names, hostnames).map { name, hostname in
                    TestListener(
                        name, host(hostname),
                        [
                            TestRoute(
                                name, hostnames: [routesHaveHostnames ? host(hostname) : .any],
                                [rule("rule", [prefix("/\(name)")])])
                        ])
                }))
    }

    @Test(arguments: [false, true])
    func `only routes of the most specific listener see a request`(_ routesHaveHostnames: Bool) {
        let table = Self.table(routesHaveHostnames: routesHaveHostnames)
        for (owner, host) in Self.hosts.enumerated() {
            for (index, name) in Self.names.enumerated() {
                let request = TestRequest("/\(name)", host: host)
                #expect(table.answer(request) == (index == owner ? "ns/\(name)/rule" : "no rule"), "\(request)")
                #expect(table.match(request).listener == Int32(owner))
            }
        }
    }

    @Test func `a route's hostname that lies in a more specific listener is not served through another listener`() {
        let table = RoutingTable(
            configuration([
                TestListener(
                    "any", .any, [TestRoute("a", hostnames: [host("x.example.com"), host("x.org")], [rule("1")])]),
                TestListener("wildcard", host("*.example.com"), []),
            ]))
        #expect(table.answer(TestRequest("/", host: "x.example.com")) == "no rule")
        #expect(table.match(TestRequest("/", host: "x.example.com")).listener == 1)
        #expect(table.answer(TestRequest("/", host: "x.org")) == "ns/a/1")
        #expect(table.answer(TestRequest("/", host: "y.org")) == "no rule")
    }

    @Test func `a wildcard route on a precise listener serves the listener's name only`() {
        let table = RoutingTable(
            configuration([
                TestListener(
                    "l", host("very.specific.com"), [TestRoute("r", hostnames: [host("*.specific.com")], [rule("1")])])
            ]))
        #expect(table.answer(TestRequest("/", host: "very.specific.com")) == "ns/r/1")
        #expect(table.answer(TestRequest("/", host: "other.specific.com")) == "no listener")
    }

    @Test(arguments: [
        ("bar.com", 0), ("foo.bar.com", 1), ("a.bar.com", 2), ("multiple.prefixes.bar.com", 2), ("x.foo.com", 3),
        ("foo.com", -1), ("unknown.example", -1), ("", -1), ("com", -1),
    ])
    func `listeners are told apart by hostname`(_ name: String, _ listener: Int32) {
        let table = RoutingTable(
            configuration(
                ["bar.com", "foo.bar.com", "*.bar.com", "*.foo.com"].map {
                    TestListener($0, host($0), [TestRoute("r-\($0.hasPrefix("*") ? "w" : "e")", [rule("1")])])
                }))
        let outcome = table.match(TestRequest("/", host: name))
        #expect(outcome.listener == listener)
        #expect((outcome.rule == nil) == (listener < 0))
        #expect(withBytes(name) { table.listener(port: 0, host: $0) } == listener)
    }

    @Test func `a request without a host goes to the listener without a hostname`() {
        let table = Self.table(routesHaveHostnames: false)
        #expect(table.match(TestRequest("/", host: "")).listener == 0)
    }

    @Test func `a host that begins with a dot is not below a wildcard`() {
        let table = RoutingTable(configuration([TestListener("l", host("*.example.com"), [])]))
        #expect(table.match(TestRequest("/", host: ".example.com")).listener == -1)
        #expect(table.match(TestRequest("/", host: "example.com")).listener == -1)
        #expect(table.match(TestRequest("/", host: "a.example.com")).listener == 0)
    }

    @Test func `ports are separate`() {
        var both = configuration([TestListener("a", .any, [TestRoute("a", [rule("1")])])])
        both.ports.append(PortConfiguration(address: "10.0.0.1", port: 8080, listeners: []))
        let table = RoutingTable(both)
        #expect(table.ports == [PortInfo(address: nil, port: 80), PortInfo(address: "10.0.0.1", port: 8080)])
        #expect(table.answer(TestRequest("/"), port: 0) == "ns/a/1")
        #expect(table.answer(TestRequest("/"), port: 1) == "no listener")
        #expect(table.targets[Int(table.match(TestRequest("/"), port: 1).target)] == TargetInfo(port: 8080))
    }
}
