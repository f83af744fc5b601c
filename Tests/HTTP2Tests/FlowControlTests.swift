import HTTP2
import Testing

/// RFC 9113 section 5.2 and 6.9.
@Suite struct FlowControlTests {
    private func data(_ frames: [Frame]) -> Int {
        frames.filter { $0.kind == .data }.reduce(0) { $0 + $1.payload.count }
    }

    @Test func `no more is sent than the stream's window allows`() {
        let endpoint = Endpoint.ready(.server, LocalSettings(), .settings((4, 10)))
        endpoint.receive(.headers(1))
        endpoint.respond(0, ends: false)
        #expect(endpoint.send(0, 25, ends: true) == 10)
        #expect(endpoint.state.sendCapacity(0) == 0)
        endpoint.receive(.windowUpdate(1, 7))
        #expect(endpoint.events.last?.event == .streamWindowOpened(slot: 0))
        #expect(endpoint.send(0, 15, ends: true) == 7)
        endpoint.receive(.windowUpdate(1, 100))
        #expect(endpoint.send(0, 8, ends: true) == 8)
        let frames = endpoint.takeOutput().filter { $0.kind == .data }
        #expect(frames.map(\.payload.count) == [10, 7, 8])
        #expect(frames.map { $0.flags & Frame.endStream } == [0, 0, 1])
    }

    @Test func `all streams together stay within the connection's window`() {
        let endpoint = Endpoint.ready(.server, LocalSettings(), .settings((4, 60_000)))
        endpoint.receive(.headers(1), .headers(3))
        endpoint.respond(0, ends: false)
        endpoint.respond(1, ends: false)
        #expect(endpoint.send(0, 60_000) == 60_000)
        #expect(endpoint.send(1, 60_000) == 5535)
        #expect(data(endpoint.takeOutput()) == 65_535)
        endpoint.receive(.windowUpdate(0, 1000))
        #expect(endpoint.events.last?.event == .windowOpened)
        #expect(endpoint.send(1, 60_000) == 1000)
    }

    @Test func `a smaller initial window can make a stream's negative`() {
        let endpoint = Endpoint.ready(.server, LocalSettings(), .settings((4, 100)))
        endpoint.receive(.headers(1))
        endpoint.respond(0, ends: false)
        #expect(endpoint.send(0, 80) == 80)
        endpoint.receive(.settings((4, 50)))
        #expect(endpoint.send(0, 80) == 0)
        endpoint.receive(.windowUpdate(1, 30))
        #expect(endpoint.send(0, 80) == 0)
        endpoint.receive(.windowUpdate(1, 1))
        #expect(endpoint.send(0, 80) == 1)
        endpoint.receive(.settings((4, 60)))
        #expect(endpoint.events.last?.event == .windowOpened)
        #expect(endpoint.send(0, 80) == 10)
    }

    @Test func `an empty end of a body needs no window`() {
        let endpoint = Endpoint.ready(.server, LocalSettings(), .settings((4, 0)))
        endpoint.receive(.headers(1))
        endpoint.respond(0, ends: false)
        #expect(endpoint.send(0, 1, ends: true) == 0)
        endpoint.send(0, 0, ends: true)
        #expect(endpoint.takeOutput().last == .data(1, 0, ends: true))
    }

    @Test func `frames are no larger than the peer takes`() {
        let endpoint = Endpoint.ready(.server, LocalSettings(), .settings((4, 100_000)), .windowUpdate(0, 100_000))
        endpoint.receive(.headers(1))
        endpoint.respond(0, ends: false)
        #expect(endpoint.send(0, 40_000) == 40_000)
        #expect(endpoint.takeOutput().filter { $0.kind == .data }.map(\.payload.count) == [16_384, 16_384, 7232])
    }

    @Test func `more than the stream's window ends the stream`() {
        var settings = LocalSettings()
        settings.streamWindow = 65_535
        let endpoint = Endpoint.ready(.server, settings)
        endpoint.receive(.headers(1, postBlock, ends: false))
        for _ in 0..<4 { endpoint.receive(.data(1, 16_000)) }
        endpoint.receive(.data(1, 1536))
        #expect(endpoint.takeOutput().filter { $0.kind == .resetStream } == [.reset(1, .flowControlError)])
        endpoint.receive(.headers(3))
        #expect(endpoint.events.last?.text.hasPrefix("GET") == true)
    }

    @Test func `more than the connection's window ends the connection`() {
        var settings = LocalSettings()
        settings.connectionWindow = 65_535
        settings.streamWindow = 1 << 20
        let endpoint = Endpoint.ready(.server, settings)
        endpoint.receive(.headers(1, postBlock, ends: false))
        for _ in 0..<5 { endpoint.receive(.data(1, 16_000)) }
        #expect(endpoint.events.last?.event == .connectionFailed(.flowControlError))
    }

    @Test func `windows open again as the body is taken, and only then`() {
        let settings = LocalSettings()
        let endpoint = Endpoint.ready(.server, settings)
        endpoint.receive(.headers(1, postBlock, ends: false))
        for _ in 0..<16 { endpoint.receive(.data(1, 16_384)) }
        #expect(endpoint.takeOutput() == [])
        endpoint.state.credit(0, 16 * 16_384)
        let updates = endpoint.takeOutput()
        #expect(updates.contains(.windowUpdate(1, 262_144)))
        #expect(updates.contains(.windowUpdate(0, 262_144)))
        // Crediting more than was received has no effect.
        endpoint.state.credit(0, 1 << 20)
        #expect(endpoint.takeOutput() == [])
    }

    @Test func `padding counts and comes back by itself`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, postBlock, ends: false))
        let padded = Frame(
            kind: .data, flags: Frame.padded, stream: 1, payload: [255, 0x61] + Array(repeating: 0, count: 255))
        for _ in 0..<300 { endpoint.receive(padded) }
        let received = endpoint.events.count
        #expect(received == 301)
        #expect(endpoint.takeOutput().first { $0.stream == 1 } == .windowUpdate(1, 256 * 256))
    }

    @Test func `what a released stream had not taken goes back to the connection`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, postBlock, ends: false))
        for _ in 0..<16 { endpoint.receive(.data(1, 16_384)) }
        endpoint.state.release(0)
        #expect(endpoint.takeOutput() == [.reset(1, .cancel), .windowUpdate(0, 262_144)])
        // And so does what is still on its way.
        for _ in 0..<16 { endpoint.receive(.data(1, 16_384)) }
        #expect(endpoint.takeOutput() == [.windowUpdate(0, 262_144)])
    }
}
