package import HTTPSemantics

extension RequestView {
    /// Calls `body` with the value of every field line of this name, in order.
    ///
    /// - Parameter name: in lower case.
    package func forEachValue(named name: StaticString, _ body: (UnsafeRawBufferPointer) -> Void) {
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        forEachValue(named: name, body)
    }

    func forEachValue(named name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        for index in fields.indices {
            let field = fields[index]
            guard Int(field.nameLength) == name.count, ASCII.equals(self.name(of: field), lowercase: name) else {
                continue
            }
            body(value(of: field))
        }
    }

    /// The value of a field that may stand in a message once: nil without it, empty when it stands there several times.
    func singleValue(named name: StaticString) -> UnsafeRawBufferPointer? {
        var found: UnsafeRawBufferPointer?
        forEachValue(named: name) { value in
            found = found == nil ? value : UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return found
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes of a literal.
    init(_ text: StaticString) {
        self.init(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
