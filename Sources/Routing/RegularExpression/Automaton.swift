/// Owns the compiled form of a pattern.
///
/// `@unchecked Sendable`: `program` points into memory that is written only in `init`, before anyone else can see it,
/// and freed in `deinit`.
final class Automaton: @unchecked Sendable {
    /// Can be copied around freely, as a pointer too (`programPointer`), while this object lives.
    var program: AutomatonProgram { programPointer.pointee }
    let programPointer: UnsafePointer<AutomatonProgram>
    private let arena = Arena()

    init(_ automaton: NondeterministicAutomaton) {
        let classes = ByteClasses(automaton)
        let program: AutomatonProgram
        if let deterministic = DeterministicAutomaton(automaton, classes) {
            program = AutomatonProgram(
                table: AutomatonProgram.Table(
                    transitions: arena.place(deterministic.transitions),
                    isAccepting: arena.place(deterministic.isAccepting),
                    classOfByte: arena.place(classes.classOfByte),
                    rowShift: deterministic.rowShift, start: deterministic.start),
                simulation: nil)
        } else {
            program = AutomatonProgram(
                table: nil,
                simulation: arena.store(
                    AutomatonSimulation(
                        states: arena.copy(automaton.states), sets: arena.place(automaton.sets),
                        start: automaton.start)))
        }
        programPointer = arena.store(program)
    }
}

/// A compiled pattern as plain data: matching reads it without touching a reference count.
struct AutomatonProgram: BitwiseCopyable {
    struct Table: BitwiseCopyable {
        var transitions: UnsafePointer<UInt16>
        var isAccepting: UnsafePointer<Bool>
        var classOfByte: UnsafePointer<UInt8>
        var rowShift: UInt8
        var start: UInt16

        func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
            var state = Int(start)
            for byte in bytes {
                state = Int(transitions[state << Int(rowShift) + Int(classOfByte[Int(byte)])])
                if state == 0 { return false }
            }
            return isAccepting[state]
        }
    }

    /// One lookup a byte; nil for patterns too large for it.
    var table: Table?
    /// Exactly if `table` is nil.
    var simulation: UnsafePointer<AutomatonSimulation>?

    @inline(never)
    func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let table { return table.matches(bytes) }
        return simulation?.pointee.matches(bytes) ?? false
    }
}
