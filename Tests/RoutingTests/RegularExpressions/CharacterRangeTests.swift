import Routing
import Testing

/// Ranges of characters become sequences of byte ranges; their borders are where that goes wrong.
@Suite struct CharacterRangeTests {
    /// Where the length or the lead byte of the UTF-8 form changes, and neighbours.
    static let borders: [UInt32] = [
        0, 1, 0x7E, 0x7F, 0x80, 0x7FE, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FE, 0xD7FF, 0xE000, 0xFFFE, 0xFFFF, 0x10000,
        0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFE, 0x10FFFF,
    ]

    static func scalar(_ generator: inout SeededGenerator) -> UInt32 {
        if Bool.random(using: &generator) { return borders.randomElement(using: &generator) ?? 0 }
        // Near a border of six bits, as the bytes of UTF-8 have them.
        let block =
            UInt32.random(in: 0...0x110000 / 64, using: &generator) >> UInt32.random(in: 0...12, using: &generator)
        return block &* 64 &+ UInt32.random(in: 0...2, using: &generator) &- (block == 0 ? 0 : 1)
    }

    @Test(arguments: 0..<8)
    func `a range takes the characters inside of it and no others`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let ends = [Self.scalar(&generator), Self.scalar(&generator)].sorted()
            guard Unicode.Scalar(ends[0]) != nil, Unicode.Scalar(ends[1]) != nil else { continue }
            let (low, high) = (String(ends[0], radix: 16), String(ends[1], radix: 16))
            let inside = try RegularExpression("[\\x{\(low)}-\\x{\(high)}]")
            let outside = try RegularExpression("[^\\x{\(low)}-\\x{\(high)}]")
            var candidates = Self.borders + (0..<100).map { _ in Self.scalar(&generator) }
            for end in ends { candidates += [end &- 65, end &- 64, end &- 1, end, end &+ 1, end &+ 64] }
            for scalar in candidates.compactMap(Unicode.Scalar.init) {
                let text = String(Character(scalar))
                #expect(
                    inside.matches(text) == (ends[0]...ends[1]).contains(scalar.value),
                    "\(low)-\(high): \(scalar.value)")
                #expect(outside.matches(text) != inside.matches(text), "\(low)-\(high): \(scalar.value)")
            }
        }
    }
}
