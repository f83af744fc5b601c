import HTTPSemantics
import Routing

/// The token that the data plane gives out for an endpoint of the only rule.
func sessionToken(of address: String, backend position: Int, in configuration: RoutingConfiguration) -> String? {
    let table = RoutingTable(configuration)
    let path = Array("/".utf8)
    return path.withUnsafeBytes { path -> String? in
        guard let base = path.baseAddress else { return nil }
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        let view = RequestView(
            method: .get, path: path, query: empty, host: empty, base: base,
            fields: UnsafeBufferPointer(start: nil, count: 0))
        guard let rule = table.match(port: 0, request: view).rule?.pointee, let extras = rule.extras?.pointee,
            let session = extras.sessions.first
        else { return nil }
        var text = address
        let hash = text.withUTF8 { SessionHash.address(UnsafeRawBufferPointer($0)) }
        let token = session.newToken(
            endpoint: SessionHash.endpoint(key: rule.backends[position].sessionKey, address: hash), now: 0)
        var value = ""
        session.withFieldValue(token: token, keeping: session.tokens(of: view), isTLS: false) {
            value = String(decoding: $0, as: UTF8.self)
        }
        return value
    }
}
