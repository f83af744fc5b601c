import Glibc

/// The loop's one receive buffer, shared by all its connections: bytes are looked at here, and only what cannot be
/// used yet is saved on the connection.
///
/// In front of the area stays room for a rewritten head or a chunk-size line, so that it can be slid before the body
/// bytes that arrived with it and both leave in one `send`; behind it stays room for the end of a chunk.
struct ReceiveBuffer: ~Copyable {
    /// Room in front of the area.
    static let headroom = 16 * 1024
    /// Room behind the area: CRLF, the last chunk and its CRLF.
    static let tailroom = 64
    /// Bytes that one `recv` may bring. Larger than any head that is still acceptable.
    let areaCount: Int
    let area: UnsafeMutableRawPointer
    private let memory: UnsafeMutableRawPointer

    init(areaCount: Int) {
        self.areaCount = areaCount
        let total = Self.headroom + areaCount + Self.tailroom
        guard let memory = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { fatalError("out of memory") }
        self.memory = memory
        area = memory + Self.headroom
    }

    /// Whether `position` is in the area, or in front of it by no more than a chunk-size line.
    func contains(_ position: UnsafeMutableRawPointer) -> Bool {
        position >= area - 32 && position <= area + areaCount
    }

    deinit {
        munmap(memory, Self.headroom + areaCount + Self.tailroom)
    }
}
