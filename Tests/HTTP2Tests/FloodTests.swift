import HTTP2
import Testing

/// Peers that cost more than they bring are sent away, and those that only look like it are not.
@Suite struct FloodTests {
    private static let second: UInt64 = 1_000_000_000

    struct Flood: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var frame: Frame
    }

    static let floods = [
        Flood(testDescription: "PING", frame: .ping()),
        Flood(testDescription: "PING acknowledgements", frame: .ping(Frame.ack)),
        Flood(testDescription: "SETTINGS", frame: .settings((4, 65_535))),
        Flood(testDescription: "SETTINGS acknowledgements", frame: Frame(kind: .settings, flags: Frame.ack)),
        Flood(testDescription: "PRIORITY", frame: Frame(kind: .priority, stream: 3, payload: [0, 0, 0, 0, 1])),
        Flood(testDescription: "WINDOW_UPDATE", frame: .windowUpdate(0, 1)),
        Flood(testDescription: "empty DATA", frame: .data(1, 0)),
        Flood(testDescription: "padding only", frame: Frame(kind: .data, flags: Frame.padded, stream: 1, payload: [0])),
        Flood(testDescription: "unknown frames", frame: Frame(kind: .unknown)),
        Flood(testDescription: "GOAWAY", frame: .goAway(0)),
    ]

    @Test(arguments: floods)
    func `frames of no use are only taken up to a point`(flood: Flood) {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, postBlock, ends: false))
        endpoint.receive(Array(repeating: flood.frame, count: 3000))
        #expect(endpoint.events.last?.event == .connectionFailed(.enhanceYourCalm))
        #expect(endpoint.state.verdict == .controlFlood)
    }

    @Test(arguments: floods)
    func `the same frames over a long time do no harm`(flood: Flood) {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, postBlock, ends: false))
        for _ in 0..<300 {
            endpoint.now += Self.second
            endpoint.receive(Array(repeating: flood.frame, count: 20))
        }
        #expect(endpoint.state.verdict == .fine)
    }

    @Test func `rapid reset ends the connection`() {
        let endpoint = Endpoint.ready(.server)
        for index in 0..<2000 as Range<UInt32> {
            endpoint.receive(.headers(index * 2 + 1), .reset(index * 2 + 1))
            endpoint.state.release(0)
            if endpoint.state.verdict != .fine { break }
        }
        #expect(endpoint.state.verdict == .resetFlood)
        #expect(endpoint.state.lastPeerStream < 1000)
    }

    @Test func `resets among completed requests are normal`() {
        let endpoint = Endpoint.ready(.server)
        for index in 0..<2000 as Range<UInt32> {
            endpoint.receive(.headers(index * 4 + 1), .headers(index * 4 + 3), .reset(index * 4 + 1))
            endpoint.respond(1)
            endpoint.state.release(0)
            endpoint.state.release(1)
            _ = endpoint.takeOutput()
        }
        #expect(endpoint.state.verdict == .fine)
    }

    @Test func `making this side reset is as bad`() {
        let endpoint = Endpoint.ready(.server)
        for index in 0..<2000 as Range<UInt32> {
            endpoint.receive(.headers(index * 2 + 1), .windowUpdate(index * 2 + 1, 0))
            endpoint.state.release(0)
            if endpoint.state.verdict != .fine { break }
        }
        #expect(endpoint.state.verdict == .resetFlood)
    }

    @Test func `malformed and refused requests are counted alike`() {
        let malformed = Endpoint.ready(.server)
        for index in 0..<1000 as Range<UInt32> { malformed.receive(.headers(index * 2 + 1, block([("a", "b")]))) }
        #expect(malformed.state.verdict == .resetFlood)
        let refused = Endpoint.ready(.server)
        for index in 0..<1000 as Range<UInt32> { refused.receive(.headers(index * 2 + 1)) }
        #expect(refused.state.verdict == .resetFlood)
        #expect(refused.state.refusedStreams > 0)
    }

    @Test func `a header block without end is cut off by its frames`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, getBlock, flags: 0))
        endpoint.receive(Array(repeating: Frame(kind: .continuation, stream: 1), count: 100))
        #expect(endpoint.events.last?.event == .connectionFailed(.enhanceYourCalm))
    }

    @Test func `a header block without end is cut off by its bytes`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1, getBlock, flags: 0))
        let piece = Frame(kind: .continuation, stream: 1, payload: Array(repeating: 0, count: 16_000))
        endpoint.receive(Array(repeating: piece, count: 9))
        #expect(endpoint.events.last?.event == .connectionFailed(.enhanceYourCalm))
    }

    @Test func `a block that decodes to a thousandfold ends the connection`() {
        let endpoint = Endpoint.ready(.server)
        // One entry of 4000 bytes, then its index over and over.
        let entry: [UInt8] = [0x40] + string("x") + string(String(repeating: "v", count: 4000))
        endpoint.receive(.headers(1, getBlock + entry))
        endpoint.receive(.headers(3, getBlock + Array(repeating: 0xBE, count: 10_000)))
        #expect(endpoint.events.last?.event == .connectionFailed(.enhanceYourCalm))
    }

    @Test func `a block that decodes to a little too much is refused and no more`() {
        let endpoint = Endpoint.ready(.server)
        let entry: [UInt8] = [0x40] + string("x") + string(String(repeating: "v", count: 4000))
        endpoint.receive(.headers(1, getBlock + entry), .headers(3, getBlock + Array(repeating: 0xBE, count: 100)))
        #expect(endpoint.events.last?.event == .headTooLarge(slot: 1, endsStream: true))
        endpoint.receive(.headers(5, getBlock + [0xBE]))
        #expect(endpoint.events.last?.text.contains("x: vvvv") == true)
    }

    @Test func `a long download with its window updates is normal`() {
        let endpoint = Endpoint.ready(.server)
        endpoint.receive(.headers(1))
        endpoint.respond(0, ends: false)
        for _ in 0..<20_000 {
            endpoint.send(0, 1000)
            endpoint.receive(.windowUpdate(0, 1000), .windowUpdate(1, 1000))
            _ = endpoint.takeOutput()
        }
        #expect(endpoint.state.verdict == .fine)
    }

    @Test func `very many streams keep the tables small`() {
        let endpoint = Endpoint.ready(.server)
        for index in 0..<10_000 as Range<UInt32> {
            endpoint.receive(.headers(index * 2 + 1))
            endpoint.respond(0)
            endpoint.state.release(0)
            _ = endpoint.takeOutput()
        }
        #expect(endpoint.state.slotEnd == 0)
        #expect(endpoint.state.verdict == .fine)
    }
}
