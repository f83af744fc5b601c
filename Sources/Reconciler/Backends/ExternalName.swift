import Routing

/// The target of a Service of type ExternalName.
enum ExternalName {
    enum Refusal {
        case notAName
        /// It leads to this machine or back into the cluster, past whatever guards the way in.
        case local

        /// The rest of a sentence that begins with the name.
        var text: String {
            switch self {
            case .notAName: "is not a DNS name"
            case .local: "leads to this machine or back into the cluster, which is refused"
            }
        }
    }

    /// Where requests go, or why they must not go there.
    static func resolve(_ text: String, port: UInt16) -> Result {
        if let address = IPAddressText(text) {
            return address.isLocal ? .refused(.local) : .endpoint(Endpoint(host: .address(text), port: port))
        }
        let name = text.hasSuffix(".") ? String(text.dropLast()) : text
        guard let name = DNSName(name), !endsInNumber(name.text) else { return .refused(.notAName) }
        let isLocal = ["localhost", "svc", "svc.cluster.local"].contains { suffix in
            name.text == suffix || name.text.hasSuffix("." + suffix)
        }
        return isLocal ? .refused(.local) : .endpoint(Endpoint(host: .name(name.text), port: port))
    }

    enum Result {
        case endpoint(Endpoint)
        case refused(Refusal)
    }

    /// Resolvers read `127.1` or `0x7f000001` as IPv4 addresses, so such names are none.
    private static func endsInNumber(_ name: String) -> Bool {
        guard let last = name.split(separator: ".").last else { return true }
        return last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            || (last.hasPrefix("0x") && (last.count == 2 || UInt64(last.dropFirst(2), radix: 16) != nil))
    }
}
