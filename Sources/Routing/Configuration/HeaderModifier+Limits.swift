import HTTPSemantics

extension HeaderModifier {
    /// Whether a filter may change fields of this name. Fields that frame a message or concern one connection belong to
    /// the proxy, and Host is changed by a URLRewrite: the data plane ignores such names in a modifier.
    package static func isModifiable(name: String) -> Bool {
        switch String(decoding: name.utf8.map(ASCII.lowercased), as: UTF8.self) {
        case "connection", "content-length", "host", "http2-settings", "keep-alive", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade":
            false
        default: true
        }
    }

    /// Whether this can be a field name (RFC 9110 section 5.1).
    package static func isValid(name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(ASCII.isTokenCharacter)
    }

    /// Whether this can be a field value: no control character but tab (RFC 9110 section 5.5). With a line break in it
    /// a value would add fields or whole requests of its own.
    package static func isValid(value: String) -> Bool {
        value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    /// Whether every name and value can be sent. A rule with another modifier is answered with 500.
    package var isValid: Bool {
        (set + add).allSatisfy { Self.isValid(name: $0.name) && Self.isValid(value: $0.value) }
            && remove.allSatisfy(Self.isValid(name:))
    }
}
