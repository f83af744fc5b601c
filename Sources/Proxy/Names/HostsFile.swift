/// The names that a hosts(5) file and RFC 6761 answer without asking a server.
package struct HostsFile: Sendable {
    /// How long such an answer is relied on: a change of the file is seen this soon.
    package static let timeToLive = Duration.seconds(5)

    private let text: String

    package init(text: String) {
        self.text = text
    }

    /// The addresses of `name`; empty when it is for DNS to answer.
    package func addresses(of name: DNSName) -> [ResolvedAddress] {
        var found: [ResolvedAddress] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, words.dropFirst().contains(where: { DNSName(String($0)) == name }),
                let address = ResolvedAddress(String(first))
            else { continue }
            found.append(address)
        }
        if found.isEmpty, Self.isLocalhost(name) { return [.v4(0x7f00_0001), .v6(high: 0, low: 1)] }
        return found
    }

    /// RFC 6761 section 6.3: `localhost` and what is below it are this machine, and never asked of a server.
    private static func isLocalhost(_ name: DNSName) -> Bool {
        name.wire == localhost
            || name.wire.count > localhost.count && name.wire.suffix(localhost.count) == localhost[...]
    }

    private static let localhost: [UInt8] = [9] + Array("localhost".utf8) + [0]
}
