import Routing

/// The two header modifiers that a message passes, in the order in which they act: a field that the first adds may be
/// removed by the second.
struct HeaderModifiers {
    private let first: CompiledHeaderModifier
    private let second: CompiledHeaderModifier

    init(first: CompiledHeaderModifier, second: CompiledHeaderModifier) {
        self.first = first
        self.second = second
    }

    /// False when no field whose name length is in `mask` can be removed.
    @inline(__always)
    func mayRemove(_ mask: UInt64) -> Bool {
        // Names of 63 bytes and more share a bit in the parser's mask and wrap around in the modifier's.
        (first.lengthMask | second.lengthMask) & mask != 0 || mask >> 63 != 0
    }

    @inline(__always)
    func removes(_ name: UnsafeRawBufferPointer) -> Bool {
        first.removes(name: name) || second.removes(name: name)
    }

    @inline(__always)
    func removes(_ name: StaticString) -> Bool {
        (first.lengthMask | second.lengthMask) & (1 << UInt64(name.utf8CodeUnitCount)) != 0
            && removes(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    func writeAdditions(to writer: inout HeadWriter) {
        if second.lengthMask == 0 {
            writer.write(first.http1Lines)
        } else {
            for line in first.lines where !second.removes(name: line.name) {
                writer.write(line.name)
                writer.write(": ")
                writer.write(line.value)
                writer.write("\r\n")
            }
        }
        writer.write(second.http1Lines)
    }
}
