import Glibc

/// Bytes that wait: unparsed input or unsent output of one connection. Owns no memory while empty, which is what keeps
/// idle connections small.
struct ByteQueue: ~Copyable {
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    init() {}

    deinit {
        free(storage)
    }

    var count: Int { tail - head }
    var isEmpty: Bool { tail == head }

    /// The waiting bytes. Valid until the queue is changed.
    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: storage.map { $0 + head }, count: tail - head)
    }

    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress, source.count > 0 else { return }
        let destination = reserve(source.count)
        destination.copyMemory(from: base, byteCount: source.count)
        tail += source.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Room for `count` more bytes behind the waiting ones; follow with `commit`.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if let storage, capacity - tail >= count { return storage + tail }
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

    /// Drops the first `count` bytes and gives the memory back when nothing is left.
    mutating func consume(_ count: Int) {
        head += count
        if head == tail { release() }
    }

    /// Drops the bytes but keeps a small buffer for the next time.
    mutating func clear() {
        if capacity > 8192 { return release() }
        head = 0
        tail = 0
    }

    mutating func release() {
        free(storage)
        storage = nil
        capacity = 0
        head = 0
        tail = 0
    }
}
