import HTTPSemantics

/// Trailer sections (RFC 9110 section 6.5).
enum TrailerFields {
    /// Reads all lines up to the empty one into `fields` and returns their number. Lines that must not be merged or
    /// forwarded have `isHopByHop` set.
    static func read(
        _ reader: inout FieldReader, into fields: borrowing FieldStorage, limits: HeadLimits
    ) throws(ParseStop) -> Int {
        let capacity = min(limits.fieldCount, fields.capacity)
        var count = 0
        while try reader.next(into: fields.lines + count) {
            guard count < capacity else { throw .invalid(.tooManyFields) }
            if isForbidden(fields.lines[count], base: reader.base) { fields.lines[count].isHopByHop = true }
            count += 1
        }
        return count
    }

    /// Fields without a place in a trailer section (RFC 9110 section 6.5.1): those for framing, routing, request
    /// modifiers, authentication, response control and content format, and those that tell where a message came
    /// from. All fields that the proxy knows are among them.
    private static func isForbidden(_ line: FieldLine, base: UnsafeRawPointer) -> Bool {
        guard case .other = line.known else { return true }
        let name = base + Int(line.nameOffset)
        let length = Int(line.nameLength)
        if FieldName.isContentField(name, length) {
            // Digests are the content fields that are made for trailers (RFC 9530 section 2).
            return !FieldName.equals(name, length, "content-digest")
        }
        if length > 3, FieldName.equals(name, "if-") { return true }
        if length > 12, FieldName.equals(name, "x-forwarded-") { return true }
        switch length {
        case 3: return FieldName.equals(name, "age")
        case 4: return FieldName.equals(name, "vary")
        case 5: return FieldName.equals(name, "range")
        case 6: return FieldName.equals(name, "pragma")
        case 7: return FieldName.equals(name, "expires") || FieldName.equals(name, "warning")
        case 9: return FieldName.equals(name, "forwarded")
        case 11: return FieldName.equals(name, "retry-after")
        case 12: return FieldName.equals(name, "max-forwards")
        case 13: return FieldName.equals(name, "cache-control")
        case 16: return FieldName.equals(name, "www-authenticate")
        default: return false
        }
    }
}
