import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct EndpointTests {
    private func hosts(_ slice: EndpointSlice) -> [Endpoint.Host] {
        var state = ClusterState.serving(Objects.rule())
        state.set(slice)
        return state.outcome.configuration.backends.first?.endpoints.map(\.host) ?? []
    }

    @Test(arguments: ["10.0.0.1", "0.0.0.0", "255.255.255.255"])
    func `an IPv4 address is taken as it is`(_ address: String) {
        #expect(hosts(Objects.slice(addresses: [address])) == [.address(address)])
    }

    @Test(arguments: ["::", "::1", "fd00::1", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1", "1:2:3:4:5:6:10.0.0.1", "1::8"])
    func `an IPv6 address is taken as it is`(_ address: String) {
        #expect(hosts(Objects.slice(type: .ipv6, addresses: [address])) == [.address(address)])
    }

    @Test(arguments: ["", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.+1", "10.0.0.1.", "example.com", "::1"])
    func `what is no IPv4 address is left out`(_ address: String) {
        #expect(hosts(Objects.slice(addresses: [address])) == [])
    }

    @Test(arguments: [
        "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "fe80::1%eth0", "g::",
        "12345::", "10.0.0.1::", "+1::", "10.0.0.1",
    ])
    func `what is no IPv6 address is left out`(_ address: String) {
        #expect(hosts(Objects.slice(type: .ipv6, addresses: [address])) == [])
    }

    @Test func `a name of a slice is lowered, and no address`() {
        #expect(hosts(Objects.slice(type: .fqdn, addresses: ["A.example.com"])) == [.name("a.example.com")])
        #expect(hosts(Objects.slice(type: .fqdn, addresses: ["10.0.0.1"])) == [])
    }

    @Test func `a slice port without number means the target port of the Service`() {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.service(spec: ServiceSpec(ports: [ServicePort(port: 80, targetPort: .int(3000))])))
        var slice = Objects.slice(addresses: ["10.0.0.1"])
        slice.ports = [SlicePort(port: nil)]
        state.set(slice)
        #expect(state.outcome.configuration.backends.first?.endpoints.map(\.port) == [3000])
    }

    // MARK: ExternalName

    private func externalName(_ name: String) -> Outcome {
        var state = ClusterState.serving(Objects.rule())
        state.set(Objects.service(spec: ServiceSpec(type: .externalName, externalName: name)))
        return state.outcome
    }

    @Test(arguments: [
        "localhost", "LOCALHOST.", "a.localhost", "svc", "a.b.svc", "a.b.svc.cluster.local", "a.b.SVC.Cluster.Local.",
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "::1", "::", "fe80::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0x", "1.2.3.4.5", "",
        ".", "-a.example.com", "a..b",
    ])
    func `an external name that leads inside or nowhere is refused`(_ name: String) {
        let outcome = externalName(name)
        #expect(outcome.routeCondition(.resolvedRefs)?.reason == "InvalidKind")
        #expect(outcome.configuration.backends.isEmpty)
    }

    @Test(arguments: [
        ("api.example.com", Endpoint.Host.name("api.example.com")), ("API.example.com.", .name("api.example.com")),
        ("svc.example.com", .name("svc.example.com")), ("a.b.svc.example.com", .name("a.b.svc.example.com")),
        ("192.0.2.1", .address("192.0.2.1")), ("2001:db8::1", .address("2001:db8::1")),
    ])
    func `an external name leads outside`(_ name: String, _ host: Endpoint.Host) {
        #expect(externalName(name).configuration.backends.first?.endpoints == [Endpoint(host: host, port: 80)])
    }
}
