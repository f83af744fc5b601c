/// What a property found wrong: shown by the fuzzer before it crashes, and by the test that replays its findings.
///
/// The properties of this folder are compiled twice: into the fuzz targets and into `HTTP1Tests`.
package struct PropertyViolation: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Throws a violation when `condition` does not hold.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    guard condition else { throw PropertyViolation(description()) }
}

/// Calls `body` with a copy of `bytes` that ends where its allocation ends, so that AddressSanitizer sees a read
/// behind them.
func withExactCopy<Result>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
) rethrows -> Result {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try body(copy)
}

/// A few positions inside `0..<count`, the same for the same count and seed: where a property splits its input.
func splitPositions(count: Int, seed: UInt8) -> [Int] {
    guard count > 1 else { return [] }
    if count <= 64 { return Array(1..<count) }
    var state = UInt64(seed) &+ UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    let scattered = (0..<24).map { _ in
        state = state &* 6364136223846793005 &+ 1442695040888963407
        return 1 + Int((state >> 33) % UInt64(count - 1))
    }
    return scattered + [1, 2, count - 2, count - 1]
}
