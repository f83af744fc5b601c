/// An absolute `http` or `https` URL (RFC 9110 section 4.2), taken apart but not changed: what a gateway makes of its path
/// is a part of the explanation.
package struct RequestURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable, Codable {
        case http, https

        var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// `host[:port]`, what a client sends as Host: as it is written, without the scheme's own port.
    package let authority: String
    /// As it is written; an IPv6 address without its brackets.
    package let host: String
    /// The one of the scheme when the URL names none.
    package let port: UInt16
    /// Path and query, beginning with `/` (or `*`); without fragment.
    package let target: String

    /// Without a scheme `http` is meant, as for `curl`.
    package init(_ text: String) throws(ExplainError) {
        var rest = text[...]
        if let separator = text.range(of: "://") {
            guard let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
                throw .url(text, reason: "the scheme must be http or https")
            }
            self.scheme = scheme
            rest = text[separator.upperBound...]
        } else {
            scheme = .http
        }
        rest = rest.prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty else { throw .url(text, reason: "it has no host") }
        guard !authority.contains("@") else { throw .url(text, reason: "user names and passwords are not sent") }
        guard let (host, port) = Self.hostAndPort(authority) else {
            throw .url(text, reason: "\(authority) is not host or host:port")
        }
        guard !rest.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw .url(text, reason: "spaces must be written as %20")
        }
        self.authority = port == scheme.defaultPort ? (authority.first == "[" ? "[\(host)]" : host) : String(authority)
        self.host = host
        self.port = port ?? scheme.defaultPort
        let target = rest[authority.endIndex...]
        self.target = target.first == "/" ? String(target) : "/\(target)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    private static func hostAndPort(_ authority: Substring) -> (String, UInt16?)? {
        var host = authority
        var port: UInt16?
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            host = authority[..<colon]
            port = number
        }
        if host.first == "[" {
            guard host.last == "]" else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
