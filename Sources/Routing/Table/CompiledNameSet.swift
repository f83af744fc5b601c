import HTTPSemantics

/// Field names, compared ignoring case.
struct CompiledNameSet: BitwiseCopyable {
    /// Bit n is set when some name has a length of n modulo 64: a quick "no".
    private var lengthMask: UInt64
    /// Lower-case.
    private var names: UnsafeBufferPointer<UnsafeRawBufferPointer>

    init(_ names: [String], arena: Arena) {
        lengthMask = names.reduce(0) { $0 | 1 << UInt64($1.utf8.count & 63) }
        self.names = arena.copy(names.map { arena.copy($0.lowercased()) })
    }

    func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        guard lengthMask &>> UInt64(truncatingIfNeeded: name.count & 63) & 1 != 0 else { return false }
        for known in names where ASCII.equals(name, lowercase: known) { return true }
        return false
    }
}
