import CLinux
import Glibc
import Telemetry
import Upstream

/// The UDP flows of one event loop, found by who talks to whom, and in the order of their last datagrams.
final class DatagramFlows {
    unowned let worker: Worker
    private var flowByKey: [FlowKey: DatagramFlow] = [:]

    // A doubly linked list of slots, the flow that rested longest at its end.
    private struct Link: BitwiseCopyable {
        var newer: Int32 = -1
        var older: Int32 = -1
    }

    private var slots: ContiguousArray<DatagramFlow?> = []
    private var links: ContiguousArray<Link> = []
    private var freeSlots: ContiguousArray<Int32> = []
    private var newest: Int32 = -1
    private var oldest: Int32 = -1

    /// Mapped when the first UDP socket is used.
    private(set) lazy var buffers = DatagramBuffers()

    init(worker: Worker) {
        self.worker = worker
    }

    var count: Int { flowByKey.count }

    // MARK: Datagrams of clients

    /// Passes on the `count` datagrams of the batch.
    func forward(_ count: Int, from socket: DatagramSocket) {
        let list = buffers.list
        var first = 0
        while first < count {
            let key = FlowKey(list[first], socket: socket.descriptor)
            var end = first + 1
            while end < count, FlowKey(list[end], socket: socket.descriptor) == key { end += 1 }
            forward(first, end - first, key: key, from: socket)
            first = end
        }
    }

    private func forward(_ first: Int, _ count: Int, key: FlowKey, from socket: DatagramSocket) {
        var done = 0
        var failed: EndpointPool?
        // Three endpoints at most.
        for _ in 0..<3 {
            guard let flow = flow(for: key, first: first, count: count, from: socket, excluding: failed) else { return }
            done += flow.forward(first + done, count - done)
            guard done < count else { return }
            failed = flow.endpoint
        }
    }

    /// The flow for a client, a new one if need be; nil when there is none to be had.
    private func flow(
        for key: FlowKey, first: Int, count: Int, from socket: DatagramSocket, excluding failed: EndpointPool?
    ) -> DatagramFlow? {
        var failed = failed
        if let known = flowByKey[key] {
            if !known.isStale, known.belongs(to: socket.target) { return known }
            failed = known.endpoint
            close(known)
        }
        guard !worker.isDraining else { return nil }
        let target = socket.target
        guard let backend = target.nextBackend() else {
            target.series.counters.refused[target.refusal.rawValue] &+= UInt64(count)
            return nil
        }
        let pool = worker.table.backends[backend]
        guard let endpoint = pool.pick(random: worker.random(), now: worker.loop.now, excluding: failed) else {
            target.series.counters.refused[StreamRefusal.noEndpoint.rawValue] &+= UInt64(count)
            return nil
        }
        while flowByKey.count >= worker.settings.maximumFlows { evictOldest() }
        guard let descriptor = connect(to: endpoint) else {
            let reason: StreamRefusal = endpoint.health.isAvoided(now: worker.loop.now) ? .connectFailed : .noResources
            target.series.counters.refused[reason.rawValue] &+= UInt64(count)
            return nil
        }
        return open(
            key,
            DatagramFlow(
                flows: self, socket: socket, key: key, target: target, backend: pool.id, endpoint: endpoint,
                slot: takeSlot(), descriptor: descriptor, addresses: buffers.list[first]))
    }

    private func open(_ key: FlowKey, _ flow: DatagramFlow) -> DatagramFlow? {
        do {
            // Readable only: every datagram that leaves would be reported as room to write.
            try worker.loop.register(flow, connection: false)
        } catch {
            flow.target.series.refuse(.noResources)
            flow.wasClosed()
            Glibc.close(flow.descriptor)
            freeSlots.append(flow.slot)
            return nil
        }
        flowByKey[key] = flow
        slots[Int(flow.slot)] = flow
        pushNewest(flow.slot)
        worker.counters.upstreamConnects += 1
        return flow
    }

    /// A connected socket. Out of descriptors or ports, the flow that rested longest gives up its own.
    private func connect(to endpoint: EndpointPool) -> Int32? {
        for attempt in 0..<2 {
            let descriptor = weir_udp_socket(endpoint.address.family)
            if descriptor >= 0, endpoint.address.withSockaddr({ Glibc.connect(descriptor, $0, $1) }) == 0 {
                return descriptor
            }
            let error = errno
            if descriptor >= 0 { Glibc.close(descriptor) }
            switch error {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN, EADDRINUSE, EADDRNOTAVAIL:
                if attempt == 0 { evictOldest() }
            default:
                // There is no way to it.
                endpoint.health.connectFailed(now: worker.loop.now)
                worker.counters.upstreamConnectFailures += 1
                return nil
            }
        }
        return nil
    }

    /// Whether another endpoint can take over for one that refuses.
    func hasAlternative(to flow: DatagramFlow) -> Bool {
        guard let pool = worker.table.backends.first(where: { $0.id == flow.backend }) else { return false }
        return pool.candidateCount > 1
    }

    // MARK: Order and end

    /// A datagram has passed in either direction.
    func touch(_ flow: DatagramFlow) {
        // A draining process has set one for good.
        if !worker.isDraining {
            worker.loop.setDeadline(flow, at: worker.loop.now + worker.settings.flowIdleTimeout)
        }
        guard newest != flow.slot else { return }
        unlink(flow.slot)
        pushNewest(flow.slot)
    }

    func close(_ flow: DatagramFlow) {
        guard flow.descriptor >= 0 else { return }
        worker.loop.close(flow)
        flowByKey[flow.key] = nil
        unlink(flow.slot)
        slots[Int(flow.slot)] = nil
        freeSlots.append(flow.slot)
        flow.wasClosed()
        worker.flowClosed()
    }

    func close(from socket: DatagramSocket) {
        for flow in slots {
            if let flow, flow.socket === socket { close(flow) }
        }
    }

    /// Lets go of flows that nobody waits for; the others have until `deadline` to bring their reply.
    func drain(until deadline: UInt64) {
        for flow in slots {
            guard let flow else { continue }
            if flow.awaitsReply { worker.loop.setDeadline(flow, at: deadline) } else { close(flow) }
        }
    }

    private func evictOldest() {
        guard oldest >= 0, let flow = slots[Int(oldest)] else { return }
        flow.target.series.counters.evicted &+= 1
        close(flow)
    }

    private func takeSlot() -> Int32 {
        if let free = freeSlots.popLast() { return free }
        slots.append(nil)
        links.append(Link())
        return Int32(slots.count - 1)
    }

    private func pushNewest(_ slot: Int32) {
        links[Int(slot)] = Link(newer: -1, older: newest)
        if newest >= 0 { links[Int(newest)].newer = slot }
        newest = slot
        if oldest < 0 { oldest = slot }
    }

    private func unlink(_ slot: Int32) {
        let link = links[Int(slot)]
        if link.newer >= 0 { links[Int(link.newer)].older = link.older } else { newest = link.older }
        if link.older >= 0 { links[Int(link.older)].newer = link.newer } else { oldest = link.newer }
    }
}
