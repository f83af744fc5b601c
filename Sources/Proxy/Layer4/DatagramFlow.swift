import CLinux
import Glibc
import Routing
import Telemetry
import Upstream

/// A client's address and port at one UDP listener, and the socket that is connected to the backend chosen for it.
final class DatagramFlow: EventHandler {
    let flows: DatagramFlows
    let socket: DatagramSocket
    let key: FlowKey
    /// Where it is counted: the route that it was opened for, or that has taken it over.
    private(set) var target: StreamTarget
    let backend: BackendID?
    let endpoint: EndpointPool
    /// Position in `DatagramFlows.slots`.
    let slot: Int32
    /// Where the client is, and which of this machine's addresses it knows.
    private var addresses: weir_datagram
    private var budget = ReplyBudget()
    /// The backend's machine has said that nobody listens.
    private var isRefused = false
    /// The client has sent something and got nothing since.
    private(set) var awaitsReply = false

    init(
        flows: DatagramFlows, socket: DatagramSocket, key: FlowKey, target: StreamTarget, backend: BackendID?,
        endpoint: EndpointPool, slot: Int32, descriptor: Int32, addresses: weir_datagram
    ) {
        self.flows = flows
        self.socket = socket
        self.key = key
        self.target = target
        self.backend = backend
        self.endpoint = endpoint
        self.slot = slot
        self.addresses = addresses
        super.init(descriptor: descriptor)
        endpoint.requestsInFlight += 1
        target.series.counters.opened += 1
        target.series.counters.active += 1
    }

    /// Whether what the client sends next goes somewhere else.
    var isStale: Bool { isRefused || endpoint.isRetired }

    /// The configuration has changed: the flow goes on if its backend is one of the new route's.
    func belongs(to current: StreamTarget) -> Bool {
        if current === target { return true }
        guard let backend, current.hasBackend(backend) else { return false }
        target.series.counters.active -= 1
        current.series.counters.active += 1
        target = current
        return true
    }

    // MARK: To the backend

    /// Sends datagrams of the batch, beginning with number `first`; returns how many are done with, fewer than `count` when
    /// the flow has become stale.
    func forward(_ first: Int, _ count: Int) -> Int {
        budget.clientSent(count)
        awaitsReply = true
        flows.touch(self)
        var done = 0
        while done < count {
            let (memory, list) = (flows.buffers.memory, flows.buffers.list)
            let sent = Int(
                weir_send_datagrams(
                    descriptor, memory + (first + done) * DatagramBuffers.stride, DatagramBuffers.stride,
                    list + first + done, Int32(count - done)))
            if sent > 0 {
                for index in first + done..<first + done + sent {
                    target.series.counters.bytesReceived &+= UInt64(list[index].length)
                }
                target.series.counters.datagramsReceived &+= UInt64(sent)
                done += sent
                continue
            }
            switch errno {
            case EINTR: break
            case ECONNREFUSED:
                // Said about an earlier datagram. The error is used up: the next call sends.
                refused()
                if isStale { return done }
            default:
                // No room (EAGAIN), too long for the way (EMSGSIZE), no way: this one is lost, as on any other way.
                target.series.counters.datagramsDropped &+= 1
                done += 1
            }
        }
        return done
    }

    private func refused() {
        endpoint.health.connectFailed(now: flows.worker.loop.now)
        flows.worker.counters.upstreamConnectFailures += 1
        // Without another endpoint this one may be back soon.
        isRefused = flows.hasAlternative(to: self)
    }

    // MARK: To the client

    override func ready(_ events: UInt32) {
        // Level-triggered, as a listener is: a flow that has much to say does not hold up others.
        for _ in 0..<2 {
            let count = flows.buffers.receive(descriptor, withAddresses: false)
            guard count > 0 else {
                if count < 0, errno == ECONNREFUSED { refused() }
                return
            }
            answer(count)
            if count < DatagramBuffers.batch || descriptor < 0 { return }
        }
    }

    private func answer(_ count: Int) {
        endpoint.health.connectSucceeded()
        let list = flows.buffers.list
        var allowed = 0
        for index in 0..<count where budget.take(Int(list[index].length)) {
            flows.buffers.move(index, to: allowed)
            allowed += 1
        }
        target.series.counters.repliesSuppressed &+= UInt64(count - allowed)
        guard allowed > 0 else { return }
        awaitsReply = false
        send(allowed)
        flows.touch(self)
        if flows.worker.isDraining { flows.close(self) }
    }

    private func send(_ count: Int) {
        let (memory, list) = (flows.buffers.memory, flows.buffers.list)
        var done = 0
        while done < count {
            let sent = Int(
                weir_send_datagrams_to(
                    socket.descriptor, socket.address.family, &addresses, memory + done * DatagramBuffers.stride,
                    DatagramBuffers.stride, list + done, Int32(count - done)))
            if sent > 0 {
                for index in done..<done + sent {
                    target.series.counters.bytesSent &+= UInt64(list[index].length)
                }
                target.series.counters.datagramsSent &+= UInt64(sent)
                done += sent
            } else if errno != EINTR {
                target.series.counters.datagramsDropped &+= 1
                done += 1
            }
        }
    }

    // MARK: The end

    override func deadlineReached() {
        flows.close(self)
    }

    override func terminate() {
        flows.close(self)
    }

    /// For `DatagramFlows.close`.
    func wasClosed() {
        endpoint.requestsInFlight -= 1
        target.series.counters.active -= 1
    }
}
