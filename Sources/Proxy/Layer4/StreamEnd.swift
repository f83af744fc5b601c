import CLinux

/// One of the two connections of a relay: the client's, or the one to the backend.
final class StreamEnd: EventHandler {
    private let relay: StreamRelay
    /// Bytes for this side that its kernel buffer had no room for. Never more than one receive brings, because the other
    /// side is not read meanwhile. Owns no memory while empty.
    var output = ByteQueue()
    /// The kernel may have more to read: an edge was reported and no short read since.
    var isReadable = false
    /// A FIN or an error has been reported: a short read is not the last.
    var peerClosed = false
    /// Everything that this side sent has been read.
    var hasEnded = false
    /// Nothing more can be sent to this side: it got a FIN, or does not take anything any more.
    var isFinished = false

    init(relay: StreamRelay, descriptor: Int32) {
        self.relay = relay
        super.init(descriptor: descriptor)
    }

    override func ready(_ events: UInt32) {
        relay.ready(self, events)
    }

    override func deadlineReached() {
        relay.deadlineReached()
    }

    override func terminate() {
        relay.abort()
    }

    /// Called for both ends when endpoints have left.
    func endpointsChanged() {
        relay.endpointsChanged()
    }

    func note(_ events: UInt32) {
        if events & (WEIR_EVENT_PEER_CLOSED | WEIR_EVENT_BROKEN) != 0 {
            peerClosed = true
            isReadable = true
        }
        if events & WEIR_EVENT_IN != 0 { isReadable = true }
    }
}
