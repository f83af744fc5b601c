import HTTPSemantics
import Routing

/// Ten routes a host, each with a prefix of its own: what is served by both benchmarks of the routing table.
func servedRoutes(_ count: Int) -> RoutingConfiguration {
    let backend = BackendConfiguration(
        id: BackendID(service: ObjectName(namespace: "bench", name: "up"), port: 80),
        endpoints: [Endpoint(host: .address("127.0.0.1"), port: 80)])
    var routes: [RouteConfiguration] = []
    var attached: [AttachedRoute] = []
    for number in 0..<count {
        guard let hostname = HostnamePattern("host-\(number / 10).example.com") else { continue }
        let rule = RuleConfiguration(
            index: 0, matches: [RequestMatch(path: .prefix("/service/\(number)"))],
            action: .forward([WeightedBackend(destination: .backend(backend.id))]))
        routes.append(RouteConfiguration(name: ObjectName(namespace: "bench", name: "r\(number)"), rules: [rule]))
        attached.append(AttachedRoute(route: number, hostnames: [hostname]))
    }
    let id = ListenerID(gateway: ObjectName(namespace: "bench", name: "gateway"), listener: "http")
    let listener = ListenerConfiguration(id: id, hostname: .any, routes: attached)
    return RoutingConfiguration(
        ports: [PortConfiguration(port: 80, listeners: [listener])], routes: routes, backends: [backend])
}

/// The median over rounds of the time that one match takes, with requests to all routes in a scattered order.
func matchNanoseconds(routes count: Int) -> Double {
    let table = RoutingTable(servedRoutes(count))
    let requests = Requests(routes: count)
    let matcher = table.matcher
    return withExtendedLifetime(table) {
        let rounds = (0..<21).map { _ in
            var missed = 0
            let time = nanoseconds {
                for index in 0..<Requests.perRound where requests.withView(index, matcher.match) == nil { missed += 1 }
            }
            precondition(missed == 0, "every request has a route")
            return time / Double(Requests.perRound)
        }
        return median(rounds)
    }
}

extension RoutingMatcher {
    fileprivate func match(_ request: RequestView) -> UnsafePointer<CompiledRule>? {
        match(port: 0, request: request).rule
    }
}

/// Requests as a connection's buffer holds them: one after the other in memory, with the fields of a browser.
private struct Requests {
    static let perRound = 100_000

    private struct Request {
        var host: Range<Int>
        var path: Range<Int>
    }

    private var requests: [Request] = []
    private var bytes: [UInt8] = []
    private var fields: [FieldLine] = []

    init(routes count: Int) {
        for (name, value) in [
            ("user-agent", "bench"), ("accept", "*/*"), ("accept-encoding", "gzip, deflate, br"), ("cookie", "a=b"),
        ] {
            let start = bytes.count
            bytes += Array((name + value).utf8)
            fields.append(
                FieldLine(
                    nameOffset: UInt32(start), nameLength: UInt16(name.utf8.count),
                    valueOffset: UInt32(start + name.utf8.count), valueLength: UInt32(value.utf8.count), known: .other,
                    isHopByHop: false))
        }
        for number in 0..<count {
            requests.append(
                Request(host: place("host-\(number / 10).example.com"), path: place("/service/\(number)/some/page")))
        }
    }

    private mutating func place(_ text: String) -> Range<Int> {
        let start = bytes.count
        bytes += Array(text.utf8)
        return start..<bytes.count
    }

    func withView<Result>(_ index: Int, _ body: (RequestView) -> Result) -> Result {
        // A large prime step visits all in an order that no cache foresees.
        let request = requests[index &* 7_919 % requests.count]
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("there are bytes") }
            return fields.withUnsafeBufferPointer { fields in
                body(
                    RequestView(
                        method: .get, path: UnsafeRawBufferPointer(rebasing: buffer[request.path]),
                        query: UnsafeRawBufferPointer(start: nil, count: 0),
                        host: UnsafeRawBufferPointer(rebasing: buffer[request.host]), base: base, fields: fields))
            }
        }
    }
}

func reportTable(routes count: Int) {
    let configuration = servedRoutes(count)
    var tables: [RoutingTable] = []
    let times = (0..<5).map { _ in nanoseconds { tables.append(RoutingTable(configuration)) } }
    report("compile, \(count) routes", median(times) / 1e6, "ms")
    report("table, bytes a route", Double(tables[0].memoryByteCount) / Double(count), "B")
}
