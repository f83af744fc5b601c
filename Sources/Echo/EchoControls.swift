import NIOCore
import NIOHTTP1

/// What a request asks of its answer: the query parameters `delay` and `status`, and the field `X-Echo-Set-Header`.
///
/// A parameter that cannot be understood is no error: it may be one of the application that is being tried.
struct EchoControls: Equatable {
    static let setHeaderField = "X-Echo-Set-Header"
    static let longestDelay = TimeAmount.seconds(60)

    /// How long the answer waits, at most `longestDelay`; for example `delay=250ms`, `delay=1.5s`.
    var delay = TimeAmount.zero
    /// The status code, 200 unless asked otherwise; for example `status=503`. Clamped to 200...599.
    var status = 200
    /// Response fields in the order they were asked for; values may be empty.
    var fields: [Field] = []

    struct Field: Equatable {
        var name: String
        var value: String
    }

    init(target: String, headers: HTTPHeaders) {
        if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
            for parameter in target[target.index(after: mark)...].split(separator: "&") {
                guard let equals = parameter.firstIndex(of: "=") else { continue }
                let value = parameter[parameter.index(after: equals)...]
                switch parameter[..<equals] {
                case "delay": delay = Self.duration(value) ?? delay
                case "status": status = Self.statusCode(value) ?? status
                default: break
                }
            }
        }
        fields = headers[Self.setHeaderField].flatMap(Self.fields)
    }

    /// Three digits, 100 to 999; a response cannot carry others.
    static func statusCode(_ text: Substring) -> Int? {
        guard text.utf8.count == 3, let code = Int(text), (100...999).contains(code) else { return nil }
        return min(max(code, 200), 599)
    }

    /// A decimal number with the unit `ms`, `s` or `m`.
    static func duration(_ text: Substring) -> TimeAmount? {
        let units: [(suffix: String, nanoseconds: Double)] = [("ms", 1e6), ("s", 1e9), ("m", 60e9)]
        for unit in units where text.hasSuffix(unit.suffix) {
            let digits = text.dropLast(unit.suffix.count)
            let isNumber = digits.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
            guard isNumber, let number = Double(digits) else { return nil }
            let nanoseconds = min(number * unit.nanoseconds, Double(longestDelay.nanoseconds))
            return .nanoseconds(Int64(nanoseconds))
        }
        return nil
    }

    /// The pairs of one `X-Echo-Set-Header: name:value, name2:value2`. Fields that frame the answer cannot be set.
    static func fields(_ list: String) -> [Field] {
        list.split(separator: ",").compactMap { pair in
            guard let colon = pair.firstIndex(of: ":") else { return nil }
            let name = trimmed(pair[..<colon])
            guard isToken(name), !["content-length", "transfer-encoding"].contains(name.lowercased()) else {
                return nil
            }
            return Field(name: name, value: trimmed(pair[pair.index(after: colon)...]))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
