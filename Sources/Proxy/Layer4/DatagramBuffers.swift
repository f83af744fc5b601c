import CLinux
import Glibc

/// Room for one batch of datagrams, shared by all UDP sockets of an event loop. Only the pages that datagrams touch are
/// resident.
final class DatagramBuffers {
    /// More than any UDP payload: nothing is cut off.
    static let stride = 64 * 1024
    static let batch = Int(WEIR_DATAGRAM_BATCH)

    let memory: UnsafeMutableRawPointer
    let list: UnsafeMutablePointer<weir_datagram>

    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let memory = mmap(nil, Self.stride * Self.batch, PROT_READ | PROT_WRITE, flags, -1, 0),
            memory != MAP_FAILED
        else { fatalError("out of memory") }
        self.memory = memory
        list = .allocate(capacity: Self.batch)
        list.initialize(repeating: weir_datagram(), count: Self.batch)
    }

    deinit {
        munmap(memory, Self.stride * Self.batch)
        list.deallocate()
    }

    func receive(_ descriptor: Int32, withAddresses: Bool) -> Int {
        Int(weir_receive_datagrams(descriptor, memory, Self.stride, list, withAddresses ? 1 : 0))
    }

    /// Puts datagram `source` of the batch in the place of `target`.
    func move(_ source: Int, to target: Int) {
        guard source != target else { return }
        let length = Int(list[source].length)
        (memory + target * Self.stride).copyMemory(from: memory + source * Self.stride, byteCount: length)
        list[target] = list[source]
    }
}

/// Who talks to whom: a client's address and port, and the address of this machine that it sends to.
struct FlowKey: BitwiseCopyable, Hashable {
    private var peerHigh: UInt64
    private var peerLow: UInt64
    private var localHigh: UInt64
    private var localLow: UInt64
    /// The client's port, and the descriptor of the listening socket.
    private var ports: UInt64

    init(_ datagram: weir_datagram, socket: Int32) {
        peerHigh = datagram.peer.high
        peerLow = datagram.peer.low
        localHigh = datagram.local.high
        localLow = datagram.local.low
        ports = UInt64(datagram.peer.port) << 32 | UInt64(UInt32(bitPattern: socket))
    }
}
