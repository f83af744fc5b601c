package import HTTPSemantics

extension CompiledCORS {
    /// `forEachPreflightField` as lines of HTTP/1, `Name: value\r\n` each, in pieces.
    @discardableResult
    package func writePreflightFields(
        _ preflight: CORSPreflight, _ write: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        forEachPreflightField(preflight) { Self.writeLine($0, $1, write) }
    }

    /// `forEachResponseField` as lines of HTTP/1, `Name: value\r\n` each, in pieces.
    @discardableResult
    package func writeResponseFields(
        origin: UnsafeRawBufferPointer?, _ write: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        forEachResponseField(origin: origin) { Self.writeLine($0, $1, write) }
    }

    /// The line that `exposesByName` asks for: the names of the fields of this response, if there are any. Only for
    /// an allowed origin.
    package func writeExposedNames(
        of fields: UnsafeBufferPointer<FieldLine>, base: UnsafeRawPointer, _ write: (UnsafeRawBufferPointer) -> Void
    ) {
        var isFirst = true
        for field in fields where !field.isHopByHop {
            let name = UnsafeRawBufferPointer(start: base + Int(field.nameOffset), count: Int(field.nameLength))
            if field.known == .setCookie || Self.isResponseField(name) { continue }
            if isFirst {
                write(UnsafeRawBufferPointer(CORSField.exposeHeaders.name))
                write(UnsafeRawBufferPointer(": "))
            } else {
                write(UnsafeRawBufferPointer(", "))
            }
            isFirst = false
            write(name)
        }
        if !isFirst { write(UnsafeRawBufferPointer("\r\n")) }
    }

    private static func writeLine(
        _ field: CORSField, _ value: UnsafeRawBufferPointer, _ write: (UnsafeRawBufferPointer) -> Void
    ) {
        write(UnsafeRawBufferPointer(field.name))
        write(UnsafeRawBufferPointer(": "))
        write(value)
        write(UnsafeRawBufferPointer("\r\n"))
    }
}
