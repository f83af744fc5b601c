import HTTPSemantics
import Routing

/// Puts the field lines of a positive authorization into a request head: they replace the client's own of these names,
/// which could be lies.
enum GrantedFields {
    /// - Parameters:
    ///   - granted: whole field lines, each with its line end.
    ///   - policy: names fields that are the authorization server's to set, also when it does not.
    ///   - head: a whole request head as the proxy writes it.
    static func apply(
        _ granted: UnsafeMutableRawBufferPointer, of policy: UnsafePointer<CompiledExternalAuth>,
        to head: UnsafeMutableRawBufferPointer, into result: inout ByteQueue
    ) {
        let head = UnsafeRawBufferPointer(head)
        let granted = UnsafeRawBufferPointer(granted)
        var lines = Lines(rest: head)
        if let requestLine = lines.next() { result.append(requestLine) }
        while let line = lines.next(), line.count > 2 {
            let name = Lines.name(of: line)
            if policy.pointee.reserves(requestField: name) || contains(granted, name) { continue }
            result.append(line)
        }
        result.append(granted)
        result.append("\r\n")
    }

    private static func contains(_ granted: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) -> Bool {
        var lines = Lines(rest: granted)
        while let line = lines.next() {
            if ASCII.equalsIgnoringCase(Lines.name(of: line), name) { return true }
        }
        return false
    }

    /// The lines of a head, each with its CRLF.
    private struct Lines {
        var rest: UnsafeRawBufferPointer

        mutating func next() -> UnsafeRawBufferPointer? {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...]) }
            return UnsafeRawBufferPointer(rebasing: rest[...end])
        }

        static func name(of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: line[..<(line.firstIndex(of: UInt8(ascii: ":")) ?? 0)])
        }
    }
}
