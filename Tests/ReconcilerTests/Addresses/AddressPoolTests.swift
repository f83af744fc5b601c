import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: ["127.10.0.0/24", "10.0.0.5", "10.0.0.4/31", "0.0.0.0/0", "fd00::/120", "::1", "2001:db8::/64"])
    func `a CIDR block or an address is a range`(_ text: String) {
        #expect(AddressRange(text) != nil)
    }

    @Test(arguments: [
        "", "/", "127.10.0.1/24", "127.10.0.0/33", "127.10.0.0/", "127.10.0.0/+8", "127.10.0.0/24/1", "127.10.0/24",
        "fd00::1/120", "fd00::/129", "localhost", "10.0.0.0-10.0.0.9", "fe80::1%eth0",
    ])
    func `anything else is not`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.5", "10.0.0.5/32"), ("fd00:0:0:0::/120", "fd00::/120"), ("2001:db8:0:1::/64", "2001:db8:0:1::/64"),
        ("::/0", "::/0"), ("1:0:0:2::/127", "1:0:0:2::/127"), ("0:0:1::/96", "0:0:1::/96"),
    ])
    func `its description is canonical`(_ text: String, _ description: String) {
        #expect(AddressRange(text)?.description == description)
    }
}

@Suite struct AddressPoolTests {
    private var state = ClusterState()
    private var pool: AddressPool

    init() throws {
        pool = AddressPool([try #require(AddressRange("10.1.255.248/29"))])
    }

    private mutating func set(_ name: String, _ requests: GatewaySpecAddress..., className: String = "weir") {
        var gateway = Objects.gateway(name)
        gateway.spec.addresses = requests
        gateway.spec.gatewayClassName = className
        state.set(gateway)
    }

    private mutating func remove(_ name: String) { state.remove(Objects.gateway(name).key) }

    /// The addresses in the status of each Gateway.
    private mutating func addresses() -> [String: [String]] {
        var settings = ReconcilerSettings(standalone: true)
        pool.assign(in: state, settings: settings)
        settings.addressPool = pool
        let statuses = reconcile(state, settings: settings).statuses.gateways
        return Dictionary(uniqueKeysWithValues: statuses.map { ($0.key.name, $0.status.addresses.map(\.value)) })
    }

    @Test mutating func `addresses stay while Gateways come and go`() {
        set("m")
        #expect(addresses() == ["m": ["10.1.255.249"]])
        set("a")
        #expect(addresses() == ["a": ["10.1.255.250"], "m": ["10.1.255.249"]])
        remove("m")
        set("b")
        #expect(addresses() == ["a": ["10.1.255.250"], "b": ["10.1.255.251"]])
        set("m")
        #expect(addresses()["m"] == ["10.1.255.249"], "kept for it while there were others")
    }

    @Test mutating func `what was kept is given away when nothing else is left, the longest unused first`() {
        for name in ["a", "b", "c", "d", "e", "f"] { set(name) }
        #expect(Set(addresses().values.map { $0[0] }).count == 6)
        remove("c")
        _ = addresses()
        remove("b")
        _ = addresses()
        set("x")
        #expect(addresses()["x"] == ["10.1.255.251"])
        set("c")
        #expect(addresses()["c"] == ["10.1.255.250"], "its own is gone")
        set("y")
        #expect(addresses()["y"] == [])
        remove("x")
        #expect(addresses()["y"] == ["10.1.255.251"])
    }

    @Test mutating func `a change of other fields does not move a Gateway`() {
        set("a")
        set("b")
        let before = addresses()
        var gateway = Objects.gateway("a", listeners: [Listener(name: "x", port: 81, protocol: .http)])
        gateway.metadata.generation = 2
        state.set(gateway)
        #expect(addresses() == before)
    }

    @Test mutating func `nothing is taken away from a Gateway that has it`() {
        set("b")
        #expect(addresses() == ["b": ["10.1.255.249"]])
        set("a", GatewaySpecAddress(value: "10.1.255.249"))
        #expect(addresses() == ["a": [], "b": ["10.1.255.249"]])
        remove("b")
        #expect(addresses() == ["a": ["10.1.255.249"]])
    }

    @Test mutating func `requests for a certain address come first`() {
        set("a")
        set("b", GatewaySpecAddress(value: "10.1.255.249"))
        #expect(addresses() == ["a": ["10.1.255.250"], "b": ["10.1.255.249"]])
    }

    @Test mutating func `a Gateway that asks for less gives back the rest`() {
        set("a", GatewaySpecAddress(), GatewaySpecAddress(), GatewaySpecAddress(value: "10.1.255.254"))
        #expect(addresses() == ["a": ["10.1.255.249", "10.1.255.250", "10.1.255.254"]])
        set("a", GatewaySpecAddress(value: "10.1.255.254"))
        set("b", GatewaySpecAddress(value: "10.1.255.249"))
        #expect(addresses() == ["a": ["10.1.255.254"], "b": ["10.1.255.249"]])
    }

    @Test mutating func `the addresses of the network and for broadcasts are given to nobody`() {
        set("a", GatewaySpecAddress(value: "10.1.255.248"))
        set("b", GatewaySpecAddress(value: "10.1.255.255"))
        #expect(addresses() == ["a": [], "b": []])
    }

    @Test mutating func `Gateways of others get none`() {
        set("a", className: "other")
        set("b")
        #expect(addresses() == ["b": ["10.1.255.249"]])
    }

    @Test func `a range of one address serves one Gateway`() throws {
        let range = try #require(AddressRange("::1"))
        var pool = AddressPool([range])
        var state = ClusterState()
        state.set(Objects.gateway("a"))
        state.set(Objects.gateway("b"))
        var settings = ReconcilerSettings(standalone: true)
        pool.assign(in: state, settings: settings)
        settings.addressPool = pool
        let outcome = reconcile(state, settings: settings)
        #expect(outcome.statuses.gateways.map { $0.status.addresses.map(\.value) } == [["::1"], []])
        #expect(outcome.configuration.ports.map(\.address) == ["::1"])
    }
}
