/// What `/explain` is asked: `?url=...&method=...&header=name:%20value&output=json`, names as they are sent by a form.
package struct ExplainQuery: Sendable, Hashable {
    package var url: String
    package var method: String
    /// `name: value` each.
    package var headers: [String]
    /// JSON instead of text for people: `output=json`, or `Accept: application/json`.
    package var wantsJSON: Bool

    /// What is wrong with a query.
    struct Mistake: Error {
        var sentence: String
    }

    /// - Parameters:
    ///   - target: path and query of the admin request.
    ///   - accept: its `Accept`.
    init(target: String, accept: String?) throws(Mistake) {
        var url: String?
        method = "GET"
        headers = []
        wantsJSON = accept?.lowercased().contains("application/json") ?? false
        let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        for parameter in query.split(separator: "&") {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(pair[0])
            let value = pair.count > 1 ? try Self.decoded(pair[1]) : ""
            switch name {
            case "url": url = value
            case "method": method = value
            case "header": headers.append(value)
            case "output":
                guard value == "json" || value == "text" else { throw Mistake(sentence: "output is json or text") }
                wantsJSON = value == "json"
            default:
                throw Mistake(
                    sentence: "there is no parameter \"\(name)\"; there are url, method, header and output. "
                        + "Write an & inside the url as %26.")
            }
        }
        guard let url, !url.isEmpty else {
            throw Mistake(sentence: "say which request: /explain?url=http://shop.example.com/cart")
        }
        self.url = url
    }

    /// `%HH` is a byte, `+` a space.
    private static func decoded(_ text: Substring) throws(Mistake) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                throw Mistake(sentence: "a % must be followed by two hexadecimal digits; a % itself is %25")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Mistake(sentence: "a parameter is not UTF-8 text")
        }
        return text
    }
}

/// What came of an `ExplainQuery`.
package enum ExplainAnswer: Sendable, Hashable {
    /// Text or JSON, as was asked.
    case explained([UInt8])
    /// The request cannot be sent; a sentence says why.
    case invalid(String)
    case notReady(String)
}
