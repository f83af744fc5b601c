/// The request that is to be explained, as a client would send it.
package struct ExplainRequest: Sendable, Hashable {
    package var method: String
    package var url: RequestURL
    /// In the order in which they are sent. A Host among them takes the place of the URL's.
    package var headers: [Field]

    /// A field line.
    package struct Field: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// `name: value`; `name:` and `name;` have no value.
        package init(_ text: String) throws(ExplainError) {
            guard let end = text.firstIndex(where: { $0 == ":" || $0 == ";" }), end > text.startIndex,
                text[end] == ":" || text.index(after: end) == text.endIndex
            else { throw .header(text) }
            name = String(text[..<end])
            value = String(text[text.index(after: end)...].drop { $0 == " " || $0 == "\t" })
        }
    }

    /// - Throws: when a header could not be sent as one field line.
    package init(method: String = "GET", url: RequestURL, headers: [Field] = []) throws(ExplainError) {
        guard !method.isEmpty, !method.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw .method(method)
        }
        for field in headers where field.name.isEmpty || (field.name + field.value).utf8.contains(where: Self.endsLine)
        {
            throw .header(field.name)
        }
        self.method = method
        self.url = url
        self.headers = headers
    }

    /// What `Host` says.
    var authority: String {
        headers.first { $0.name.utf8.count == 4 && $0.name.lowercased() == "host" }?.value ?? url.authority
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0 }
}

/// Why there is nothing to explain: the request could not even be sent.
package enum ExplainError: Error, Sendable, Hashable, CustomStringConvertible {
    case url(String, reason: String)
    case method(String)
    case header(String)

    package var description: String {
        switch self {
        case .url(let text, let reason):
            "\"\(text)\" is not a URL that can be asked: \(reason). Write it like http://shop.example.com/cart?item=7."
        case .method(let text): "\"\(text)\" is not a request method. Write it like GET or POST."
        case .header(let text):
            // The value may be a secret that slipped to the place of a name.
            "a header cannot be sent\(text.contains(":") ? "" : " (\(text.prefix(32)))"). "
                + "Write it like 'X-Version: two', on one line."
        }
    }
}
