/// Where the admin server listens: an IP address and a port.
package struct AdminAddress: Sendable, Hashable, CustomStringConvertible {
    /// In text form that `inet_pton` accepts, without brackets.
    package var host: String
    /// 0 lets the system choose.
    package var port: UInt16

    /// 127.0.0.1:19000. The endpoints have no authentication, so nothing but this machine should reach them.
    package static let standard = AdminAddress(host: "127.0.0.1", port: 19000)

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Parses `ADDR:PORT`, `[IPv6]:PORT` or `PORT` (on 127.0.0.1). `localhost` is 127.0.0.1; other names are not
    /// looked up.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            guard let port = Self.port(text[...]) else { return nil }
            self.init(host: "127.0.0.1", port: port)
            return
        }
        guard let port = Self.port(text[text.index(after: colon)...]) else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            // An IPv6 address without brackets: where it ends is a guess.
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: host == "localhost" ? "127.0.0.1" : String(host), port: port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt16(text)
    }
}
