/// Writes a message head into a fixed buffer. Running out of room is remembered, not an error at every call: the
/// caller looks at `isComplete` once at the end.
struct HeadWriter {
    private let start: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer
    private var position: UnsafeMutableRawPointer
    private(set) var isComplete = true

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let base = buffer.baseAddress else { preconditionFailure("the head buffer is never empty") }
        start = base
        position = base
        end = base + buffer.count
    }

    /// What has been written so far.
    var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: position - start) }

    @inline(__always)
    mutating func write(_ source: UnsafeRawPointer, _ count: Int) {
        guard end - position >= count else {
            isComplete = false
            return
        }
        position.copyMemory(from: source, byteCount: count)
        position += count
    }

    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        if let base = bytes.baseAddress { write(base, bytes.count) }
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        write(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func write(byte: UInt8) {
        guard end > position else {
            isComplete = false
            return
        }
        position.storeBytes(of: byte, as: UInt8.self)
        position += 1
    }

    mutating func write(decimal value: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var index = 20
            var rest = value
            repeat {
                index -= 1
                digits[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            } while rest > 0
            write(UnsafeRawBufferPointer(rebasing: digits[index...]))
        }
    }

    /// Room to write into directly; follow with `advance`. nil when there is less than `count`.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
        guard end - position >= count else {
            isComplete = false
            return nil
        }
        return position
    }

    mutating func advance(_ count: Int) {
        position += count
    }
}
