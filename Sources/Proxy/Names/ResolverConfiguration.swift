import Glibc

/// The address of a DNS server.
package struct DNSServer: Sendable, Hashable, CustomStringConvertible {
    package var address: ResolvedAddress
    /// Default 53.
    package var port: UInt16
    /// Interface index of an IPv6 link-local address; 0 is none.
    package var scope: UInt32

    package init(address: ResolvedAddress, port: UInt16 = 53, scope: UInt32 = 0) {
        self.address = address
        self.port = port
        self.scope = scope
    }

    /// Parses `ADDR`, `ADDR:PORT` or `[IPv6]:PORT`, as the flag `--dns-server` takes it.
    package init?(_ text: String) {
        if let address = ResolvedAddress(text) {
            self.init(address: address)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits), port > 0,
            let address = ResolvedAddress(String(host))
        else { return nil }
        self.init(address: address, port: port)
    }

    package var description: String {
        if case .v6 = address { return "[\(address)]:\(port)" }
        return "\(address):\(port)"
    }
}

/// Which servers are asked, and how patiently.
package struct ResolverConfiguration: Sendable, Hashable {
    /// Asked in this order; never empty.
    package var servers: [DNSServer]
    /// How long one server is waited for. Default 5 s, as resolv.conf(5) has it.
    package var timeout: Duration
    /// How often the list of servers is gone through. Default 2.
    package var attempts: Int

    package init(servers: [DNSServer], timeout: Duration = .seconds(5), attempts: Int = 2) {
        self.servers = servers.isEmpty ? [Self.localServer] : servers
        self.timeout = timeout
        self.attempts = max(1, attempts)
    }

    /// Reads the text of a resolv.conf(5): `nameserver` (the first three), `options timeout:` and `attempts:`. Search
    /// lists do not matter, for ExternalName is a full name. Lines that make no sense are passed over.
    package init(resolvConf text: String) {
        self.init(servers: [])
        var servers: [DNSServer] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }
            switch words.first {
            case "nameserver":
                guard words.count > 1, servers.count < 3, let server = Self.server(words[1]) else { continue }
                servers.append(server)
            case "options":
                for option in words.dropFirst() { apply(option) }
            default: continue
            }
        }
        if !servers.isEmpty { self.servers = servers }
    }

    /// Where resolv.conf(5) says to ask when it names no server.
    private static let localServer = DNSServer(address: .v4(0x7f00_0001))

    private mutating func apply(_ option: Substring) {
        let parts = option.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[1]) else { return }
        switch parts[0] {
        case "timeout": timeout = .seconds(min(max(number, 1), 30))
        case "attempts": attempts = min(max(number, 1), 5)
        default: return
        }
    }

    private static func server(_ text: Substring) -> DNSServer? {
        let parts = text.split(separator: "%", maxSplits: 1)
        guard let first = parts.first, let address = ResolvedAddress(String(first)) else { return nil }
        let zone = parts.count > 1 ? String(parts[1]) : ""
        return DNSServer(address: address, scope: zone.isEmpty ? 0 : UInt32(zone) ?? if_nametoindex(zone))
    }
}
