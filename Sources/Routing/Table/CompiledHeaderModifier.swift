import HTTPSemantics

/// A header modifier as the proxy carries it out: leave out the fields that it `removes`, then append its lines.
///
/// `set` is "remove all, then append", so one list of names and one list of lines say everything. Names that concern
/// the framing of a message or the connection are not in here (`HeaderModifier.isModifiable`).
@usableFromInline
package struct CompiledHeaderModifier: BitwiseCopyable {
    /// Bit n is set when some name in the list of removed names has a length of n modulo 64: a quick "no".
    @usableFromInline package var lengthMask: UInt64
    /// Names of `set` and `remove`, lower-case.
    var removedNames: UnsafeBufferPointer<UnsafeRawBufferPointer>
    /// The lines of `set` and `add` as HTTP/1 writes them: `Name: value\r\n` each, names spelled as configured.
    @usableFromInline package var http1Lines: UnsafeRawBufferPointer
    /// The same lines in pairs, names in lower case as HTTP/2 wants them.
    package var lines: UnsafeBufferPointer<CompiledFieldLine>

    /// Does nothing.
    package static var none: CompiledHeaderModifier {
        CompiledHeaderModifier(
            lengthMask: 0, removedNames: UnsafeBufferPointer(start: nil, count: 0),
            http1Lines: UnsafeRawBufferPointer(start: nil, count: 0), lines: UnsafeBufferPointer(start: nil, count: 0))
    }

    /// True when there is nothing to do.
    @inlinable
    package var isEmpty: Bool { lengthMask == 0 && http1Lines.count == 0 }

    /// Whether a field with this name (any case) has to be left out.
    @inlinable
    package func removes(name: UnsafeRawBufferPointer) -> Bool {
        lengthMask &>> UInt64(truncatingIfNeeded: name.count & 63) & 1 != 0 && isListed(name)
    }

    @usableFromInline
    func isListed(_ name: UnsafeRawBufferPointer) -> Bool {
        for removed in removedNames where ASCII.equals(name, lowercase: removed) {
            return true
        }
        return false
    }
}

/// One field line of a header modifier.
package struct CompiledFieldLine: BitwiseCopyable {
    /// Lower-case.
    package var name: UnsafeRawBufferPointer
    package var value: UnsafeRawBufferPointer
}
