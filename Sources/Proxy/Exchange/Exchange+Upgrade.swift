import HTTP1
import HTTPSemantics
import Routing

/// Protocol upgrades (RFC 9110 section 7.8): WebSocket (RFC 6455) and nothing else. Other protocols, h2c above all, would
/// let clients past the routes of the listener; the request is then served as if it had not asked.
extension Exchange {
    /// How far the change of protocol has come.
    enum Upgrade: UInt8 {
        case none
        /// The request that goes to the backend asks for it.
        case asked
        /// The backend has agreed: bytes pass as they are, both ways.
        case open
    }

    /// Whether the request is one for WebSocket that a backend can be asked for.
    static func asksForWebSocket(_ head: RequestHead, view: RequestView, endpoint: EndpointPool) -> Bool {
        guard head.hasUpgrade, head.method == .get, !head.framing.hasBody, endpoint.policy.protocol == .http1 else {
            return false
        }
        return view.fields.contains { line in
            line.known == .upgrade && ASCII.equals(view.value(of: line), lowercase: webSocket)
        }
    }

    private static var webSocket: UnsafeRawBufferPointer {
        let name: StaticString = "websocket"
        return UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    }

    /// What `Connection` and `Upgrade` say to the next hop, each way.
    static var upgradeLines: StaticString { "Connection: upgrade\r\nUpgrade: websocket\r\n" }

    /// The backend switches: its head is passed on, and everything after it is no longer HTTP.
    func passSwitch(_ head: ResponseHead, base: UnsafeMutableRawPointer) {
        guard let connection else { return }
        upgrade = .open
        // The deadlines of the rule are for the answer, which is here.
        requestDeadline = 0
        attemptDeadline = 0
        connection.closeAfterResponse = true
        recordOnce(status: head.status)
        passHead(head, base: base)
        guard self.connection != nil else { return }
        connection.beginTunnel()
    }

    /// Bytes of the client.
    func sendTunnel(_ bytes: UnsafeRawBufferPointer) {
        upstream?.send(UnsafeRawBufferPointer(start: nil, count: 0), bytes)
    }

    /// The client sends nothing more.
    func tunnelInputEnded() {
        upstream?.finishSending()
    }

    /// Nobody has said anything for long.
    func tunnelIsIdle() {
        upstream?.abandon()
        let connection = end(status: status)
        connection?.responseFinished()
    }
}
