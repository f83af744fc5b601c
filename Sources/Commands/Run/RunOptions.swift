import ArgumentParser
import Console
import GatewayAPI
import Proxy
import Reconciler
import Routing

/// Arguments that are more than a number or a text: each tells what it expects when it cannot be read.
struct BackendOption: ExpressibleByArgument {
    var backend: BackendID
    var endpoint: Endpoint

    /// `namespace/service:port=host:port`; the host is an IP address (IPv6 in brackets) or a name.
    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1)
        guard sides.count == 2, let (service, servicePort) = Self.hostAndPort(sides[0]),
            let (host, port) = Self.hostAndPort(sides[1])
        else { return nil }
        let names = service.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        backend = BackendID(
            service: ObjectName(namespace: String(names[0]), name: String(names[1])), port: servicePort)
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        endpoint = Endpoint(host: isAddress ? .address(host) : .name(host), port: port)
    }

    private static func hostAndPort(_ text: Substring) -> (String, UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }
}

/// A length of time as the Gateway API writes it (GEP-2257): `500ms`, `10s`, `1m30s`.
extension GatewayDuration: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

/// `127.10.0.0/24`, `fd00::/120`, or an address alone.
extension AddressRange: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

/// Networks, separated by commas.
struct NetworkList: ExpressibleByArgument {
    var networks: [String] = []

    init() {}

    /// nil when one of them is none.
    init?(argument: String) {
        networks = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard networks.allSatisfy({ AddressRange($0) != nil }) else { return nil }
    }

    var defaultValueDescription: String { networks.isEmpty ? "none" : networks.joined(separator: ",") }
}

extension DNSServer: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

extension AdminAddress: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}
