import Glibc

/// libFuzzer's own entry point (FuzzerInterface.h), for programs that bring their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ testOneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The property under test. Safety: written once before the driver runs; the driver has one thread.
private nonisolated(unsafe) var property: (UnsafeRawBufferPointer) throws -> Void = { _ in }

/// Runs libFuzzer with the arguments of the program. An input for which `check` throws, traps or touches memory that
/// is not its own is a crash.
package func runFuzzer(_ check: @escaping (UnsafeRawBufferPointer) throws -> Void) -> Never {
    property = check
    var argumentCount = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(
        runDriver(&argumentCount, &arguments) { start, count in
            do {
                try property(UnsafeRawBufferPointer(start: start, count: count))
            } catch {
                fatalError("\(error)")
            }
            return 0
        })
}
