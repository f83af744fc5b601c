import HTTP2
import Testing

@Suite struct ConnectionLifeTests {
    @Test func `a server says what it allows, and acknowledges`() {
        let endpoint = Endpoint(.server)
        endpoint.receive(Array(ConnectionPreface.bytes) + Frame.settings((3, 7)).bytes)
        let frames = endpoint.takeOutput()
        #expect(
            frames == [
                .settings((4, 262_144), (6, 65_536), (3, 128)), .windowUpdate(0, 983_041),
                Frame(kind: .settings, flags: Frame.ack),
            ])
        #expect(endpoint.state.peer.maximumConcurrentStreams == 7)
        #expect(endpoint.state.hasPeerSettings == true)
    }

    @Test func `a client begins with the preface`() {
        let endpoint = Endpoint(.client)
        let bytes = endpoint.takeBytes()
        #expect(bytes.starts(with: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)))
        #expect(Frame.all(in: Array(bytes[24...]))[0] == .settings((4, 262_144), (6, 65_536), (2, 0)))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 9, 10, 64, 1000])
    func `frames may come in pieces`(size: Int) {
        let endpoint = Endpoint(.server)
        var bytes = Array(ConnectionPreface.bytes) + Frame.settings().bytes
        bytes += Frame.headers(1, Array(postBlock[..<9]), ends: false, flags: 0).bytes
        bytes += Frame(kind: .continuation, stream: 1, payload: Array(postBlock[9..<10])).bytes
        bytes += Frame(kind: .continuation, stream: 1).bytes
        bytes += Frame(kind: .continuation, flags: Frame.endHeaders, stream: 1, payload: Array(postBlock[10...])).bytes
        bytes += Frame.data(1, 20).bytes + Frame.ping().bytes + Frame.data(1, 3, ends: true).bytes
        endpoint.receive(bytes, inPiecesOf: size)
        #expect(
            endpoint.events.map(\.text) == [
                "POST / HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n",
                String(repeating: "a", count: 20), "aaa",
            ])
        #expect(endpoint.takeOutput().last == .ping(Frame.ack))
    }

    @Test func `PRIORITY in HEADERS and padding are taken off`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(
            Frame(
                kind: .headers, flags: Frame.endHeaders | Frame.endStream | Frame.padded | Frame.priority, stream: 1,
                payload: [3, 0x80, 0, 0, 5, 16] + getBlock + [0, 0, 0]))
        #expect(endpoint.events.map(\.text) == ["GET / HTTP/1.1\r\nhost: a.test\r\n\r\n"])
    }

    @Test func `client and server understand each other`() throws {
        let client = Endpoint(.client)
        let server = Endpoint(.server)
        func exchange() {
            while !client.state.output.isEmpty || !server.state.output.isEmpty {
                server.receive(client.takeBytes())
                client.receive(server.takeBytes())
            }
        }
        exchange()
        client.takeEvents()
        server.takeEvents()
        for round in 0..<40 {
            let slot = client.request(
                "PUT /x?\(round % 3) HTTP/1.1\r\nHost: b.test:81\r\nConnection: x\r\nX: y\r\nCookie: c\r\n"
                    + "Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n", ends: false)
            try #require(slot == 0)
            client.send(slot, 5)
            client.withBytes("A: b\r\n\r\n") { client.state.sendTrailers(slot, $0) }
            exchange()
            #expect(
                server.takeEvents().map(\.text) == [
                    "PUT /x?\(round % 3) HTTP/1.1\r\nhost: b.test:81\r\nx: y\r\ncookie: c\r\n"
                        + "content-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n", "bbbbb", "a: b\r\n\r\n",
                ])
            server.respond(0, "HTTP/1.1 103 Early Hints\r\nLink: l\r\n\r\n", ends: false)
            server.respond(
                0, "HTTP/1.1 207 Multi\r\nContent-Length:  3 \r\nKeep-Alive: 1\r\nSet-Cookie: s\r\n\r\n", ends: false)
            server.send(0, 3, ends: true)
            server.state.release(0)
            exchange()
            #expect(
                client.takeEvents().map(\.text) == [
                    "HTTP/1.1 103 \r\nlink: l\r\n\r\n",
                    "HTTP/1.1 207 \r\ncontent-length: 3\r\nset-cookie: s\r\n\r\n", "bbb",
                ])
            let hadToReset = client.state.release(slot)
            #expect(!hadToReset)
        }
        #expect(client.state.streamCount == 0 && server.state.streamCount == 0)
    }

    @Test func `a head larger than a frame goes on in CONTINUATION`() {
        let client = Endpoint(.client)
        let server = Endpoint(.server)
        server.receive(client.takeBytes())
        client.receive(server.takeBytes())
        let value = String((0..<40_000).map { Character(UnicodeScalar(UInt8(33 + $0 * 7 % 90))) })
        _ = client.request("GET / HTTP/1.1\r\nHost: a.test\r\nX: \(value)\r\n\r\n")
        let bytes = client.takeBytes()
        let frames = Frame.all(in: bytes)
        #expect(frames.filter { $0.kind == .continuation }.count >= 2)
        #expect(frames.allSatisfy { $0.payload.count <= 16_384 })
        server.receive(bytes)
        #expect(server.events.last?.text == "GET / HTTP/1.1\r\nhost: a.test\r\nx: \(value)\r\n\r\n")
    }

    @Test func `a name that is very long is encoded all the same`() {
        let endpoint = Endpoint.ready(.server)
        let client = Endpoint.ready(.client)
        let name = "x-" + String(repeating: "Long", count: 100)
        _ = client.request("GET / HTTP/1.1\r\nHost: a.test\r\n\(name): v\r\n\r\n")
        endpoint.receive(client.takeBytes())
        #expect(endpoint.events.last?.text == "GET / HTTP/1.1\r\nhost: a.test\r\n\(name.lowercased()): v\r\n\r\n")
    }

    @Test func `no more streams are opened than the server allows`() {
        let client = Endpoint.ready(.client, LocalSettings(), .settings((3, 2)))
        #expect(client.request() == 0)
        #expect(client.request() == 1)
        #expect(client.request() == -1)
        client.state.release(0)
        #expect(client.request() == 0)
        #expect(client.state.streamID(0) == 5)
    }

    // MARK: Going away

    @Test func `going away first stops new streams, then names the last`() {
        let server = Endpoint.ready(.server)
        server.receive(.headers(1))
        server.state.beginGoingAway()
        let first = server.takeOutput()
        #expect(first.map(\.kind) == [.goAway, .ping])
        #expect(first[0] == .goAway(0x7FFF_FFFF))
        // On its way already: served.
        server.receive(.headers(3))
        #expect(server.takeEvents().count == 2)
        server.receive(Frame(kind: .ping, flags: Frame.ack, payload: first[1].payload))
        #expect(server.takeOutput() == [.goAway(3)])
        #expect(server.state.hasNamedLastStream == true)
        // Too late: not looked at, and not an error.
        server.receive(.headers(5, postBlock, ends: false), .data(5, 10), .windowUpdate(5, 1), .reset(5))
        #expect(server.takeEvents() == [])
        #expect(server.takeOutput() == [])
        server.respond(1)
        #expect(server.takeOutput().last?.stream == 3)
    }

    @Test func `a client hears which streams were not looked at`() {
        let client = Endpoint.ready(.client)
        _ = client.request()
        _ = client.request()
        client.receive(.goAway(1, .enhanceYourCalm))
        #expect(client.events.last?.event == .goingAway(lastStream: 1, code: 11))
        #expect(client.request() == -1)
        client.receive(.headers(1, block([(":status", "200")])))
        #expect(client.events.last?.text.hasPrefix("HTTP/1.1 200") == true)
    }

    @Test func `an early response ends with a reset that is no error`() {
        let server = Endpoint.ready(.server)
        server.receive(.headers(1, postBlock, ends: false))
        server.respond(0)
        let hadToReset = server.state.release(0, .noError)
        #expect(hadToReset)
        let frames = server.takeOutput()
        #expect(frames.map(\.kind) == [.headers, .resetStream])
        #expect(frames[1] == .reset(1, .noError))
    }
}
