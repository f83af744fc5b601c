package import HTTPSemantics

/// The place where a parser writes the field lines of a head: allocated once per event loop, reused for every message.
///
/// The lines of one message are valid until the next parse that uses the same storage.
package struct FieldStorage: ~Copyable {
    /// How many field lines fit.
    package let capacity: Int
    /// The first field line; lines beyond what the last parse reported are left over from earlier messages.
    package let lines: UnsafeMutablePointer<FieldLine>

    /// Storage for `capacity` field lines, at least one.
    package init(capacity: Int = 128) {
        let count = max(capacity, 1)
        self.capacity = count
        // One more than fits: a parser writes a line before it knows that there is one too many.
        self.lines = .allocate(capacity: count + 1)
        self.lines.initialize(
            repeating: FieldLine(
                nameOffset: 0, nameLength: 0, valueOffset: 0, valueLength: 0, known: .other, isHopByHop: false),
            count: count + 1)
    }

    deinit {
        lines.deallocate()
    }

    /// The first `count` field lines, `count` being what the parser reported.
    @inlinable
    package borrowing func prefix(_ count: Int) -> UnsafeBufferPointer<FieldLine> {
        UnsafeBufferPointer(start: lines, count: min(count, capacity))
    }
}
