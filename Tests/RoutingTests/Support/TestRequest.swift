import HTTPSemantics
import Routing

/// A request as a test writes it.
struct TestRequest: CustomStringConvertible {
    var method = "GET"
    /// As it stands in `RequestView.host`: lower-case, no port.
    var host = "example.com"
    /// Path and query.
    var target: String
    var headers: [(name: String, value: String)] = []

    init(_ target: String, method: String = "GET", host: String = "example.com", headers: [(String, String)] = []) {
        self.target = target
        self.method = method
        self.host = host
        self.headers = headers
    }

    var path: String { String(target.prefix { $0 != "?" }) }
    var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
    var description: String { "\(method) \(host) \(target) \(headers)" }

    /// Runs `body` with the view that a proxy would make: one buffer with everything in it.
    func withView<Result>(_ body: (RequestView) -> Result) -> Result {
        var bytes: [UInt8] = []
        func place(_ text: String) -> Range<Int> {
            let start = bytes.count
            bytes += Array(text.utf8)
            return start..<bytes.count
        }
        let method = place(method)
        let path = place(path)
        let query = place(query)
        let host = place(host)
        let fields = headers.map { header in
            let name = place(header.name)
            let value = place(header.value)
            return FieldLine(
                nameOffset: UInt32(name.lowerBound), nameLength: UInt16(name.count),
                valueOffset: UInt32(value.lowerBound), valueLength: UInt32(value.count),
                known: header.name.lowercased() == "content-type" ? .contentType : .other, isHopByHop: false)
        }
        // At least one byte, so that there is a base address.
        bytes.append(0)
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the buffer is not empty") }
            return fields.withUnsafeBufferPointer { fields in
                func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
                    UnsafeRawBufferPointer(rebasing: buffer[range])
                }
                return body(
                    RequestView(
                        method: RequestMethod(bytes: slice(method)), path: slice(path), query: slice(query),
                        host: slice(host), base: base, fields: fields))
            }
        }
    }
}

extension RoutingTable {
    /// What a request comes to, in words: `route/rule`, or `no rule`, or `no listener`.
    func answer(_ request: TestRequest, port: Int = 0) -> String {
        let outcome = match(request, port: port)
        let target = targets[Int(outcome.target)]
        if outcome.listener < 0 { return "no listener" }
        return outcome.rule == nil ? "no rule" : "\(target.route)/\(target.rule)"
    }

    func match(_ request: TestRequest, port: Int = 0) -> MatchOutcome {
        request.withView { match(port: port, request: $0) }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// `text` in memory for the duration of `body`.
func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(text.utf8).withUnsafeBytes(body)
}
