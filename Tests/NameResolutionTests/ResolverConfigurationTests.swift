import Testing

@testable import Proxy

struct ResolverConfigurationTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:53"), ("10.0.0.1:5353", "10.0.0.1:5353"), ("[::1]:53", "[::1]:53"),
        ("2001:db8::1", "[2001:db8::1]:53"),
    ])
    func `a DNS server is understood`(text: String, expected: String) throws {
        #expect(try #require(DNSServer(text)).description == expected)
    }

    @Test(arguments: [
        "", "dns.example", "dns.example:53", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:+53", ":53",
    ])
    func `what is no DNS server is refused`(text: String) {
        #expect(DNSServer(text) == nil)
    }

    @Test func `resolv.conf is read`() {
        let configuration = ResolverConfiguration(
            resolvConf: """
                # comment
                search example.com
                nameserver 10.0.0.10
                nameserver\t2001:db8::a
                nameserver nonsense
                options ndots:5 timeout:2 attempts:3 rotate
                """)
        #expect(configuration.servers.map(\.description) == ["10.0.0.10:53", "[2001:db8::a]:53"])
        #expect(configuration.timeout == .seconds(2))
        #expect(configuration.attempts == 3)
    }

    @Test func `three servers at most, and sane numbers`() {
        let lines = (1...5).map { "nameserver 10.0.0.\($0)" } + ["options timeout:0 attempts:99"]
        let configuration = ResolverConfiguration(resolvConf: lines.joined(separator: "\n"))
        #expect(configuration.servers.count == 3)
        #expect(configuration.timeout == .seconds(1))
        #expect(configuration.attempts == 5)
    }

    @Test(arguments: ["", "nameserver", "options", "options timeout attempts:x", "\n\n;"])
    func `an empty or senseless resolv.conf means the local server and the defaults`(text: String) {
        #expect(ResolverConfiguration(resolvConf: text) == ResolverConfiguration(servers: []))
        #expect(ResolverConfiguration(resolvConf: text).servers.map(\.description) == ["127.0.0.1:53"])
    }

    @Test func `an IPv6 server keeps its zone`() {
        #expect(ResolverConfiguration(resolvConf: "nameserver fe80::1%7").servers.first?.scope == 7)
    }

    @Test func `a hosts file answers for its names and aliases`() throws {
        let hosts = HostsFile(
            text:
                "10.0.0.1 One.example alias # two.example\n#10.0.0.2 one.example\n  2001:db8::1\tone.example.\nbad one.example\n"
        )
        #expect(
            hosts.addresses(of: try #require(DNSName("one.EXAMPLE"))).map(\.description) == ["10.0.0.1", "2001:db8::1"])
        #expect(hosts.addresses(of: try #require(DNSName("alias"))).map(\.description) == ["10.0.0.1"])
        #expect(hosts.addresses(of: try #require(DNSName("two.example"))).isEmpty)
    }

    @Test(arguments: ["localhost", "LOCALHOST.", "a.localhost"])
    func `localhost is this machine without a hosts file`(name: String) throws {
        let addresses = HostsFile(text: "").addresses(of: try #require(DNSName(name)))
        #expect(addresses.map(\.description) == ["127.0.0.1", "::1"])
    }

    @Test func `a hosts file has the say about localhost, and names that end alike are others`() throws {
        let hosts = HostsFile(text: "127.0.0.2 localhost")
        #expect(hosts.addresses(of: try #require(DNSName("localhost"))).map(\.description) == ["127.0.0.2"])
        #expect(hosts.addresses(of: try #require(DNSName("mylocalhost"))).isEmpty)
    }

    @Test(arguments: ["1.2.3.4", "255.255.255.255", "::1", "2001:db8::ff"])
    func `an address is written as it is read`(text: String) throws {
        #expect(try #require(ResolvedAddress(text)).description == text)
    }

    @Test func `addresses of a name are in order and without duplicates`() throws {
        let addresses = try ["::1", "10.0.0.2", "10.0.0.1", "::1"].map { try #require(ResolvedAddress($0)) }
        let name = ResolvedName(addresses: addresses, timeToLive: .zero)
        #expect(name.addresses.map(\.description) == ["10.0.0.1", "10.0.0.2", "::1"])
    }
}
