import HTTPSemantics

/// Content-Length values (RFC 9110 section 8.6).
enum ContentLength {
    /// The number that the value is: digits only, at most nineteen, at most `Int64.max`; nil for anything else.
    static func parse(_ line: FieldLine, base: UnsafeRawPointer) -> UInt64? {
        guard line.valueLength >= 1, line.valueLength <= 19 else { return nil }
        var number: UInt64 = 0
        for offset in Int(line.valueOffset)..<Int(line.valueOffset) + Int(line.valueLength) {
            let digit = Byte.digitValue(base.load(fromByteOffset: offset, as: UInt8.self))
            guard digit < 10 else { return nil }
            // Nineteen digits fit in 64 bits.
            number = number &* 10 &+ UInt64(digit)
        }
        return number <= UInt64(Int64.max) ? number : nil
    }
}
