/// Memory for plain data that is written once and freed together.
///
/// Not Sendable: its owner hands out what it stores only after it has stopped storing.
final class Arena {
    private var chunks: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var available = 0
    /// Bytes taken from the system.
    private(set) var byteCount = 0

    /// Everything is placed on this boundary: 8 bytes suit every type that is stored here.
    private static let alignment = 8
    private var chunkSize: Int
    private let growth: Int

    init() {
        chunkSize = 1024
        growth = 2
    }

    /// For about so many bytes: one chunk, and small ones if that was too little.
    init(expectedByteCount: Int) {
        chunkSize = max(256, expectedByteCount)
        growth = 1
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// Uninitialised memory.
    private func allocate(byteCount size: Int) -> UnsafeMutableRawPointer {
        let size = max((size + Self.alignment - 1) & ~(Self.alignment - 1), Self.alignment)
        if let memory = next, size <= available {
            next = memory + size
            available -= size
            return memory
        }
        // Chunks grow, so that a small automaton stays small and a large table needs few of them.
        let chunkSize = chunkSize
        self.chunkSize = growth == 1 ? max(256, chunkSize / 4) : min(chunkSize * growth, 1 << 20)
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: max(size, chunkSize), alignment: 16)
        chunks.append(chunk)
        byteCount += max(size, chunkSize)
        if size < chunkSize {
            next = chunk + size
            available = chunkSize - size
        }
        return chunk
    }

    func store<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> {
        precondition(MemoryLayout<Value>.alignment <= Self.alignment)
        let memory = allocate(byteCount: MemoryLayout<Value>.stride).bindMemory(to: Value.self, capacity: 1)
        memory.initialize(to: value)
        return UnsafePointer(memory)
    }

    /// The first of `values`, placed one after the other; uninitialised when there are none.
    func place<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafePointer<Value> {
        UnsafePointer(placeMutable(values))
    }

    /// For values that get pointers to each other after they have been placed.
    func placeMutable<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        precondition(MemoryLayout<Value>.alignment <= Self.alignment)
        let memory = allocate(byteCount: MemoryLayout<Value>.stride * values.count)
            .bindMemory(to: Value.self, capacity: max(values.count, 1))
        _ = UnsafeMutableBufferPointer(start: memory, count: values.count).initialize(fromContentsOf: values)
        return memory
    }

    func copy<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: place(values), count: values.count)
    }

    func copy(_ text: String) -> UnsafeRawBufferPointer {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let memory = allocate(byteCount: bytes.count)
        memory.copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(memory), byteCount: bytes.count)
        return UnsafeRawBufferPointer(start: memory, count: bytes.count)
    }
}
