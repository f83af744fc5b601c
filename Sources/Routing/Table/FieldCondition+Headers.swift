import HTTPSemantics

extension FieldCondition {
    /// Whether the request has this header with this value. Several field lines of the name are compared as one value,
    /// joined by commas without spaces (RFC 9110 section 5.3).
    func holds(forHeadersOf request: RequestView) -> Bool {
        var found: UnsafeRawBufferPointer?
        for index in request.fields.indices {
            let field = request.fields[index]
            guard Int(field.nameLength) == name.count, ASCII.equals(request.name(of: field), lowercase: name) else {
                continue
            }
            if found != nil { return holds(forRepeatedHeaderOf: request) }
            found = request.value(of: field)
        }
        guard let found else { return false }
        if let expression { return expression.pointee.matches(found) }
        return Bytes.equal(found, value)
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
            if Int(field.nameLength) == name.count, ASCII.equals(request.name(of: field), lowercase: name) {
                body(request.value(of: field))
            }
        }
    }
}
