import Glibc

/// Frames that wait to be sent, or pieces of a header block that wait for the rest. Owns no memory while empty.
package struct FrameBuffer: ~Copyable {
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    package init() {}

    deinit {
        free(storage)
    }

    package var count: Int { tail - head }
    package var isEmpty: Bool { tail == head }

    /// The waiting bytes. Valid until the buffer is changed.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.map { $0 + head }, count: tail - head)
    }

    /// Drops the first `count` bytes, and the memory when nothing is left.
    package mutating func consume(_ count: Int) {
        head += count
        if head == tail { release() }
    }

    /// Drops everything.
    package mutating func release() {
        free(storage)
        storage = nil
        capacity = 0
        head = 0
        tail = 0
    }

    package mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress, source.count > 0 else { return }
        memcpy(reserve(source.count), base, source.count)
        tail += source.count
    }

    /// Room for `count` more bytes behind the waiting ones; follow with `commit`.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if let storage, capacity - tail >= count { return storage + tail }
        return makeRoom(count)
    }

    @inline(never)
    private mutating func makeRoom(_ count: Int) -> UnsafeMutableRawPointer {
        let used = tail - head
        if let storage, capacity - used >= count, head >= used {
            memcpy(storage, storage + head, used)
            head = 0
            tail = used
            return storage + used
        }
        let newCapacity = max(used + count, min(max(capacity * 2, 2048), used + count + 65536))
        guard let grown = malloc(newCapacity) else { fatalError("out of memory") }
        if let storage {
            memcpy(grown, storage + head, used)
            free(storage)
        }
        storage = grown
        capacity = newCapacity
        head = 0
        tail = used
        return grown + used
    }

    mutating func commit(_ count: Int) {
        tail += count
    }

    /// Inserts bytes in front of the last `distance` ones.
    mutating func insert(_ source: UnsafeRawBufferPointer, beforeLast distance: Int) {
        let end = reserve(source.count)
        guard let base = source.baseAddress else { return }
        memmove(end - distance + source.count, end - distance, distance)
        memcpy(end - distance, base, source.count)
        tail += source.count
    }

    /// Appends a frame with a payload of up to eight bytes, the low ones of `payload` in network order.
    mutating func append(_ header: FrameHeader, payload: UInt64 = 0) {
        let target = reserve(FrameHeader.byteCount + 8)
        header.write(to: target)
        let word = payload &<< UInt64((8 - header.length) * 8)
        target.storeBytes(of: word.bigEndian, toByteOffset: FrameHeader.byteCount, as: UInt64.self)
        tail += FrameHeader.byteCount + header.length
    }
}
