/// Walks over the elements of a comma-separated field value (RFC 9110 section 5.6.1), without quoted strings: for
/// the lists of tokens that the parsers act upon.
struct ListReader: BitwiseCopyable {
    let base: UnsafeRawPointer
    private var position: Int
    private let end: Int
    private var finished = false

    init(base: UnsafeRawPointer, offset: UInt32, length: UInt32) {
        self.base = base
        position = Int(offset)
        end = Int(offset) + Int(length)
    }

    /// The next element without surrounding whitespace, which may be empty; nil after the last.
    @inline(__always)
    mutating func next() -> Range<Int>? {
        guard !finished else { return nil }
        var lower = position
        var upper = position
        while upper < end, base.load(fromByteOffset: upper, as: UInt8.self) != Byte.comma { upper &+= 1 }
        if upper < end {
            position = upper &+ 1
        } else {
            finished = true
        }
        while lower < upper, Byte.isWhitespace(base.load(fromByteOffset: lower, as: UInt8.self)) { lower &+= 1 }
        while upper > lower, Byte.isWhitespace(base.load(fromByteOffset: upper &- 1, as: UInt8.self)) {
            upper &-= 1
        }
        return Range(uncheckedBounds: (lower, upper))
    }
}
