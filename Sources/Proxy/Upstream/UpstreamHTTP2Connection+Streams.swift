import HTTP2
import Telemetry

/// Which requests the connection carries, and which of them wait for a stream.
extension UpstreamHTTP2Connection {
    /// Whether another request may be given to this connection.
    var hasRoom: Bool {
        guard phase != .closed, !http2.isPeerGoingAway, !knowsSettings || http2.mayOpenStream else { return false }
        // Before the endpoint has said how many it takes, as many as it took the last time.
        let most = knowsSettings ? min(Self.mostStreams, http2.peer.maximumConcurrentStreams) : endpoint.streamLimit
        return http2.streamCount + waiting.count < most
    }

    /// A stream for a request, which it is to take.
    func makeStream() -> UpstreamStream {
        let stream = UpstreamStream(connection: self)
        unusedSince = 0
        waiting.append(stream)
        return stream
    }

    /// Opens streams that wait, as many as the endpoint takes. Before it has said how many that is, one: so much is always
    /// allowed, or nothing is. Those for which there is no room once it has said so go to other connections.
    func openWaiting() {
        guard phase == .open else { return }
        while let stream = waiting.first(where: { !$0.unsent.isEmpty }), mayOpen {
            remove(waiting: stream)
            guard stream.open() else {
                waiting.insert(stream, at: 0)
                break
            }
            if !stream.isBlocked { stream.request?.upstreamDrained() }
            guard phase == .open else { return }
        }
        guard knowsSettings || http2.isPeerGoingAway else { return }
        for stream in waiting where !stream.unsent.isEmpty { move(stream) }
    }

    var mayOpen: Bool { http2.mayOpenStream && (knowsSettings || http2.streamCount == 0) }

    /// Gives the request of a stream that was never opened to another connection.
    func move(_ stream: UpstreamStream) {
        remove(waiting: stream)
        let request = stream.detach()
        var unsent = ByteQueue()
        swap(&unsent, &stream.unsent)
        stream.discard()
        request?.move(to: endpoint, unsent: unsent)
    }

    /// Sends the beginning of a request, if a stream may be opened for it now.
    func open(_ stream: UpstreamStream, with text: UnsafeRawBufferPointer) -> Bool {
        guard phase == .open, mayOpen else { return false }
        guard stream.openStream(text) else { return false }
        remove(waiting: stream)
        return true
    }

    private func remove(waiting stream: UpstreamStream) {
        // The last one, mostly.
        if let index = waiting.lastIndex(where: { $0 === stream }) { waiting.remove(at: index) }
    }

    /// A stream waits, with something to send.
    func openLater() {
        if phase == .open { sendLater() }
    }

    /// The stream has got its slot.
    func opened(_ stream: UpstreamStream) {
        while streams.count <= stream.slot { streams.append(nil) }
        streams[stream.slot] = stream
        worker.counters.upstreamStreams += 1
        sendLater()
    }

    /// The request of `stream` is over for this connection, in whatever state.
    func leave(_ stream: UpstreamStream) {
        if stream.slot >= 0, streams.indices.contains(stream.slot), streams[stream.slot] === stream {
            streams[stream.slot] = nil
            http2.release(stream.slot)
        } else {
            remove(waiting: stream)
        }
        stream.discard()
        guard phase != .closed else { return }
        sendLater()
    }

    /// Reports a failure of a stream when the turn is over.
    func failLater(_ stream: UpstreamStream, _ failure: UpstreamFailure) {
        failed.append((stream, failure))
        sendLater()
    }
}
