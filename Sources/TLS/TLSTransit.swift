internal import CNIOBoringSSL

/// The way of encrypted bytes between the sockets of one event loop and the library: shared by all sessions of the loop,
/// so that a resting connection owns no buffer.
///
/// Only one session is at work at a time. What it is to read is set before, what it wrote is taken after every call.
package final class TLSTransit {
    struct State {
        var input: UnsafeRawPointer?
        var inputCount = 0
        var output: UnsafeMutableRawPointer
        var outputCount = 0
    }

    /// Where encrypted bytes are received.
    package let received: UnsafeMutableRawBufferPointer
    let state: UnsafeMutablePointer<State>
    let bio: OpaquePointer
    private let method: OpaquePointer

    /// Plain bytes that one round of encryption takes.
    static let plainBytesPerRound = 64 * 1024
    /// Their records, or a handshake flight with a long chain.
    private static let outputCapacity = 128 * 1024
    /// More than a record grows when it is decrypted together with the part of it that arrived before.
    package static let largestRecord = 17 * 1024

    package init() {
        received = .allocate(byteCount: 64 * 1024, alignment: 16)
        state = .allocate(capacity: 1)
        state.initialize(to: State(output: .allocate(byteCount: Self.outputCapacity, alignment: 16)))
        guard let method = BIO_meth_new(0, "loop"),
            BIO_meth_set_read(method, readCallback) == 1, BIO_meth_set_write(method, writeCallback) == 1,
            BIO_meth_set_ctrl(method, controlCallback) == 1, let bio = BIO_new(method)
        else { fatalError("out of memory") }
        self.method = method
        self.bio = bio
        BIO_set_data(bio, state)
        BIO_set_init(bio, 1)
    }

    deinit {
        BIO_free(bio)
        BIO_meth_free(method)
        state.pointee.output.deallocate()
        state.deallocate()
        received.deallocate()
    }

    /// The next session reads this.
    func setInput(_ bytes: UnsafeRawPointer, _ count: Int) {
        state.pointee.input = bytes
        state.pointee.inputCount = count
    }

    func clearInput() {
        state.pointee.inputCount = 0
    }

    var hasInput: Bool { state.pointee.inputCount > 0 }

    /// What the session at work wrote, to be sent before the next call; forgotten afterwards.
    @inline(__always)
    func takeOutput(_ send: (UnsafeRawBufferPointer) -> Void) {
        let count = state.pointee.outputCount
        guard count > 0 else { return }
        state.pointee.outputCount = 0
        send(UnsafeRawBufferPointer(start: state.pointee.output, count: count))
    }

    private let readCallback:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<CChar>?, CInt
        ) -> CInt = { bio, target, count in
            guard let bio, let target, let data = BIO_get_data(bio) else { return -1 }
            let state = data.assumingMemoryBound(to: State.self)
            BIO_clear_retry_flags(bio)
            let taken = min(Int(count), state.pointee.inputCount)
            guard taken > 0, let input = state.pointee.input else {
                BIO_set_retry_read(bio)
                return -1
            }
            UnsafeMutableRawPointer(target).copyMemory(from: input, byteCount: taken)
            state.pointee.input = input + taken
            state.pointee.inputCount -= taken
            return CInt(taken)
        }

    private let writeCallback:
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, CInt
        ) -> CInt = { bio, source, count in
            guard let bio, let source, count > 0, let data = BIO_get_data(bio) else { return -1 }
            let state = data.assumingMemoryBound(to: State.self)
            BIO_clear_retry_flags(bio)
            guard state.pointee.outputCount + Int(count) <= TLSTransit.outputCapacity else { return -1 }
            (state.pointee.output + state.pointee.outputCount).copyMemory(from: source, byteCount: Int(count))
            state.pointee.outputCount += Int(count)
            return count
        }

    private let controlCallback:
        @convention(c) (
            OpaquePointer?, CInt, CLong, UnsafeMutableRawPointer?
        ) -> CLong = { _, command, _, _ in
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
}
