import HTTPSemantics

extension FieldCondition {
    /// Whether the request has this header with this value. Several field lines of the name are compared as one value,
    /// joined by commas without spaces (RFC 9110 section 5.3).
    func holds(forHeadersOf request: RequestView) -> Bool {
        var found: UnsafeRawBufferPointer?
        for index in request.fields.indices {
            let field = request.fields[index]
            guard isNamed(field, of: request) else { continue }
            if found != nil { return holds(forRepeatedHeaderOf: request) }
            found = request.value(of: field)
        }
        guard let found else { return false }
        if let expression { return expression.pointee.matches(found) }
        return Bytes.equal(found, value)
    }

    @inline(__always)
    private func isNamed(_ field: FieldLine, of request: RequestView) -> Bool {
        guard Int(field.nameLength) == name.count else { return false }
        let start = request.base + Int(field.nameOffset)
        // Most fields of the same length differ in the first letter already. (Names have one: they are not empty.)
        guard (start.load(as: UInt8.self) ^ name[0]) & ~0x20 == 0 else { return false }
        return ASCII.equals(UnsafeRawBufferPointer(start: start, count: name.count), lowercase: name)
    }

    private func holds(forRepeatedHeaderOf request: RequestView) -> Bool {
        var length = -1
        forEachValue(in: request) { length += $0.count + 1 }
        if expression == nil, length != value.count { return false }
        // Rare enough for a copy: a message head is bounded, and so is this.
        return withUnsafeTemporaryAllocation(byteCount: max(length, 1), alignment: 1) { scratch in
            var end = 0
            forEachValue(in: request) { part in
                for byte in part {
                    scratch[end] = byte
                    end += 1
                }
                if end < length { scratch[end] = UInt8(ascii: ",") }
                end += 1
            }
            let joined = UnsafeRawBufferPointer(rebasing: scratch[..<length])
            if let expression { return expression.pointee.matches(joined) }
            return Bytes.equal(joined, value)
        }
    }

    private func forEachValue(in request: RequestView, _ body: (UnsafeRawBufferPointer) -> Void) {
        for index in request.fields.indices {
            let field = request.fields[index]
            if isNamed(field, of: request) { body(request.value(of: field)) }
        }
    }
}
