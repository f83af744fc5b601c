import HTTPSemantics
import Routing

/// The rule of a configuration with a single one, for the duration of `body`.
func withRule<Result>(
    _ rule: RuleConfiguration, backends: [BackendID] = [], _ body: (UnsafePointer<CompiledRule>) throws -> Result
) throws -> Result {
    let listener = ListenerConfiguration(
        id: ListenerID(gateway: ObjectName(namespace: "ns", name: "gateway"), listener: "http"), hostname: .any,
        routes: [AttachedRoute(route: 0, hostnames: [.any])])
    let table = RoutingTable(
        RoutingConfiguration(
            ports: [PortConfiguration(port: 80, listeners: [listener])],
            routes: [RouteConfiguration(name: ObjectName(namespace: "ns", name: "route"), rules: [rule])],
            backends: backends.map { BackendConfiguration(id: $0, endpoints: []) }))
    return try withExtendedLifetime(table) {
        let found = try withRequest(.get, fields: []) { table.match(port: 0, request: $0).rule }
        guard let found else { throw PropertyViolation("the rule takes everything") }
        return try body(found)
    }
}

/// A request for `/` with these fields, every one of them in memory of its own size.
func withRequest<Result>(
    _ method: RequestMethod, fields: [(name: String, value: ArraySlice<UInt8>)],
    _ body: (RequestView) throws -> Result
) throws -> Result {
    var bytes: [UInt8] = [UInt8(ascii: "/")]
    var lines: [FieldLine] = []
    for field in fields {
        let start = bytes.count
        bytes += Array(field.name.utf8) + field.value
        lines.append(
            FieldLine(
                nameOffset: UInt32(start), nameLength: UInt16(field.name.utf8.count),
                valueOffset: UInt32(bytes.count - field.value.count), valueLength: UInt32(field.value.count),
                known: .other, isHopByHop: false))
    }
    return try withExactCopy(bytes) { copy in
        try lines.withUnsafeBufferPointer { lines in
            guard let base = copy.baseAddress else { throw PropertyViolation("never empty") }
            let empty = UnsafeRawBufferPointer(start: nil, count: 0)
            return try body(
                RequestView(
                    method: method, path: UnsafeRawBufferPointer(rebasing: copy[..<1]), query: empty, host: empty,
                    base: UnsafeRawPointer(base), fields: lines))
        }
    }
}
