/// Networks in CIDR notation, to be asked about addresses. IPv4 networks contain the IPv4-mapped addresses that a
/// dual-stack socket reports.
struct NetworkSet: Sendable {
    private struct Network {
        var high: UInt64
        var low: UInt64
        var highMask: UInt64
        var lowMask: UInt64
    }

    private var networks: ContiguousArray<Network> = []

    /// What is no network is left out; bits behind the prefix are ignored.
    init(_ texts: [String]) {
        for text in texts {
            if let network = Self.parse(text) { networks.append(network) }
        }
    }

    private static func parse(_ text: String) -> Network? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = SocketAddress(String(first), port: 0) else { return nil }
        var prefix = 128
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]) else { return nil }
            guard number <= (address.isIPv6 ? 128 : 32) else { return nil }
            prefix = address.isIPv6 ? number : number + 96
        }
        let highMask: UInt64 = prefix == 0 ? 0 : prefix >= 64 ? .max : ~(UInt64.max >> UInt64(prefix))
        let lowMask: UInt64 = prefix <= 64 ? 0 : prefix == 128 ? .max : ~(UInt64.max >> UInt64(prefix - 64))
        let (high, low) = address.mapped
        return Network(high: high & highMask, low: low & lowMask, highMask: highMask, lowMask: lowMask)
    }

    func contains(_ address: SocketAddress) -> Bool {
        let (high, low) = address.mapped
        return networks.contains { high & $0.highMask == $0.high && low & $0.lowMask == $0.low }
    }
}
