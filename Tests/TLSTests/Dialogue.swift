import TLS

/// A client and a server that talk to each other in memory.
final class Dialogue {
    let client: TLSSession
    let server: TLSSession
    private let clientTransit = TLSTransit()
    private let serverTransit = TLSTransit()
    private var toServer: [UInt8] = []
    private var toClient: [UInt8] = []
    private let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)

    struct Result {
        var client: TLSSession
        var server: TLSSession
        /// What the side that gave up says.
        var failure: String?
    }

    struct OutOfMemory: Error {}

    init(client: TLSClientContext, server: TLSServerContext) throws {
        guard let client = client.session(transit: clientTransit), let server = server.session(transit: serverTransit)
        else { throw OutOfMemory() }
        self.client = client
        self.server = server
    }

    deinit {
        target.deallocate()
    }

    /// Shakes hands until nobody has anything more to say.
    func run() throws -> Result {
        client.start(transit: clientTransit) { toServer += $0 }
        while !toServer.isEmpty || !toClient.isEmpty {
            _ = deliver(toServer: true)
            _ = deliver(toServer: false)
        }
        let failure = client.isEstablished && server.isEstablished && !server.hasEnded ? nil : "handshake incomplete"
        return Result(client: client, server: server, failure: client.failure ?? server.failure ?? failure)
    }

    /// Sends `body` and returns what arrives.
    func send(_ body: [UInt8], toServer isToServer: Bool) -> [UInt8] {
        body.withUnsafeBytes { bytes in
            if isToServer {
                client.write(bytes, transit: clientTransit) { toServer += $0 }
            } else {
                server.write(bytes, transit: serverTransit) { toClient += $0 }
            }
        }
        return deliver(toServer: isToServer)
    }

    private func deliver(toServer isToServer: Bool) -> [UInt8] {
        var plain: [UInt8] = []
        var waiting = isToServer ? toServer : toClient
        if isToServer { toServer = [] } else { toClient = [] }
        let session = isToServer ? server : client
        let transit = isToServer ? serverTransit : clientTransit
        // Pieces of an odd size: records arrive in parts.
        while !waiting.isEmpty {
            let piece = waiting.prefix(7001)
            waiting.removeFirst(piece.count)
            transit.received.copyBytes(from: piece)
            guard let base = target.baseAddress else { break }
            let result = session.receive(piece.count, into: base, room: target.count, transit: transit) {
                if isToServer { toClient += $0 } else { toServer += $0 }
            }
            plain += UnsafeRawBufferPointer(start: base, count: result.count)
        }
        return plain
    }
}
