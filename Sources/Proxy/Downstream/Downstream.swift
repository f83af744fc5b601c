import HTTP1
import Routing

/// Whom an exchange answers: a client's HTTP/1.1 connection, or one stream of its HTTP/2 connection.
///
/// Both speak HTTP/1.1 with the exchange: a request is the parsed head of a text, a response the text of a head. Only body
/// bytes differ: a stream takes and gives them without the framing of HTTP/1.1.
class Downstream: EventHandler {
    enum Phase: UInt8 {
        /// Between requests: nothing of the next one has arrived.
        case idle
        /// Part of a request head has arrived.
        case head
        /// The request is with a backend, its body is still arriving.
        case body
        /// The request has arrived completely; its response has not.
        case responding
        /// The last response is being flushed, then the connection closes.
        case flushing
        /// The answer is out before the request was complete: reads and discards for a while, then closes.
        case lingering
        case closed
    }

    final let worker: Worker
    final var phase: Phase = .idle
    final var exchange: Exchange?
    /// The connection closes when the current response is complete.
    final var closeAfterResponse = false

    init(worker: Worker, descriptor: Int32) {
        self.worker = worker
        super.init(descriptor: descriptor)
    }

    // MARK: For the kinds to say

    /// The listening socket that the client came in by.
    var listener: ListenerSocket { preconditionFailure("every kind has one") }

    /// Response bodies are handed over by `sendFrames`, as they are, and not by `send`.
    var takesFrames: Bool { false }

    /// The client's side is encrypted.
    var isSecure: Bool { false }

    /// True while the client does not take what has been sent: the backend is not read meanwhile.
    var isBlocked: Bool { false }

    /// The client's address as it goes into X-Forwarded-For.
    func writeClient(to writer: inout HeadWriter) {}

    /// See `ServerConnection.isMisdirected`.
    func isMisdirected(_ outcome: MatchOutcome, _ table: LoopTable) -> Bool { false }

    /// The head says what of the body is to come: sets the phase to `body` or `responding`.
    func receiveBody(of head: RequestHead) {}

    /// The body is still arriving: not for ever.
    func expectBody() {}

    /// Hands request body bytes of the receive area to the exchange, from `offset` on.
    func processBody(at offset: Int, count: Int) {}

    /// The request is answered without a backend: its body is of no use to anybody.
    func skipBody(offset: Int, count: Int) {}

    /// Keeps what arrived behind a head until the body, or the next request, is wanted.
    func keepBody(offset: Int, count: Int) {}

    /// The backend takes more of the request: works off what has arrived.
    func processInput() {}

    /// Sends a whole response, an interim one, or with HTTP/1.1 any part of one: now as far as the client takes it.
    ///
    /// - Parameter closesBehind: nothing follows if this closes the connection.
    func send(_ bytes: UnsafeRawBufferPointer, closesBehind: Bool) {}

    /// Sends parts of a response that is passed on: the text of the head, once, body bytes and trailer fields.
    func sendFrames(
        head: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?,
        trailerCount: Int
    ) {}

    /// The protocol was switched: everything from now on is bytes for the backend (`Exchange.sendTunnel`).
    func beginTunnel() {}

    /// The response to the current request is complete and handed over.
    func responseFinished() {}

    /// Cuts the response short so that the client notices.
    func reset() {}

    /// Answers a request that never reached routing.
    func refuse(status: UInt16, reason: StaticString) {}

    /// What the exchange waits for has changed.
    func updateDeadline() {}
}

extension Downstream {
    @inline(__always)
    final func send(_ bytes: UnsafeRawBufferPointer) {
        send(bytes, closesBehind: false)
    }
}

/// A client's address as it goes into X-Forwarded-For, without a String.
struct ClientText {
    private var text: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    private var length: UInt8 = 0

    init(_ client: SocketAddress) {
        length = withUnsafeMutableBytes(of: &text) { bytes in
            bytes.baseAddress.map { UInt8(client.writeHost(to: $0)) } ?? 0
        }
    }

    func write(to writer: inout HeadWriter) {
        withUnsafeBytes(of: text) { writer.write(UnsafeRawBufferPointer(rebasing: $0[..<Int(length)])) }
    }
}
