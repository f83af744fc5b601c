/// Bytes that no part of a pattern tells apart share a class; automata have one column a class instead of 256.
struct ByteClasses {
    /// The class of each byte value.
    private(set) var classOfByte = [UInt8](repeating: 0, count: 256)
    /// 1...256.
    private(set) var count = 1
    /// One byte of each class.
    private(set) var representatives: [UInt8] = []

    init(_ automaton: NondeterministicAutomaton) {
        for set in automaton.sets where count < 256 { refine { set.contains($0) } }
        if automaton.hasWordBoundaries { refine(by: ByteSet.isWord) }
        var seen = [Bool](repeating: false, count: count)
        representatives = [UInt8](repeating: 0, count: count)
        for byte in UInt8.min...UInt8.max where !seen[Int(classOfByte[Int(byte)])] {
            seen[Int(classOfByte[Int(byte)])] = true
            representatives[Int(classOfByte[Int(byte)])] = byte
        }
    }

    /// Splits every class into its part inside and its part outside of a set.
    private mutating func refine(by contains: (UInt8) -> Bool) {
        var numbers = [Int](repeating: -1, count: 512)
        var next = 0
        for byte in UInt8.min...UInt8.max {
            let key = Int(classOfByte[Int(byte)]) << 1 | (contains(byte) ? 1 : 0)
            if numbers[key] < 0 {
                numbers[key] = next
                next += 1
            }
            classOfByte[Int(byte)] = UInt8(truncatingIfNeeded: numbers[key])
        }
        count = next
    }
}
