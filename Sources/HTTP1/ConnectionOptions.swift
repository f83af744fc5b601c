import HTTPSemantics

/// What the Connection fields of a head say (RFC 9110 section 7.6.1).
struct ConnectionOptions: BitwiseCopyable {
    var close = false
    var keepAlive = false
    var upgrade = false
    /// Options that are not one of the above, and so may be names of fields.
    private(set) var nominations = 0

    /// More field names than this in the Connection fields of one head are refused: each of them is compared with
    /// every field line.
    static var maximumNominations: Int { 64 }

    /// Reads one Connection field line.
    mutating func read(_ line: FieldLine, base: UnsafeRawPointer) throws(ParseStop) {
        var list = ListReader(base: base, offset: line.valueOffset, length: line.valueLength)
        while let element = list.next() {
            // Empty elements are to be ignored: RFC 9110 section 5.6.1.2.
            guard !element.isEmpty else { continue }
            guard ByteScan.endOfToken(base, element.lowerBound, element.upperBound) == element.upperBound else {
                throw .invalid(.invalidConnection)
            }
            let option = base + element.lowerBound
            if FieldName.equals(option, element.count, "close") {
                close = true
            } else if FieldName.equals(option, element.count, "keep-alive") {
                keepAlive = true
            } else if FieldName.equals(option, element.count, "upgrade") {
                upgrade = true
            } else {
                nominations += 1
                guard nominations <= Self.maximumNominations else { throw .invalid(.invalidConnection) }
            }
        }
    }

    /// Whether a message of this minor version leaves the connection open (RFC 9112 section 9.3).
    func isPersistent(minorVersion: UInt8) -> Bool {
        !close && (minorVersion >= 1 || keepAlive)
    }

    /// Marks the fields that the Connection fields name as hop-by-hop.
    ///
    /// Fields that the proxy knows, and those that describe the content, stay what they are: a client must not be
    /// able to take `Host`, `X-Forwarded-For` or `Authorization` out of a request on its way.
    static func markNominated(
        _ lines: UnsafeMutablePointer<FieldLine>, count: Int, lengthMask: UInt64, base: UnsafeRawPointer
    ) {
        // Patterns, since `==` on an enum of another module is a call through a witness table.
        for index in 0..<count {
            guard case .connection = lines[index].known else { continue }
            var list = ListReader(base: base, offset: lines[index].valueOffset, length: lines[index].valueLength)
            while let element = list.next() {
                guard lengthMask & (1 &<< UInt64(min(element.count, 63))) != 0 else { continue }
                let option = base + element.lowerBound
                guard !FieldName.isContentField(option, element.count) else { continue }
                for other in 0..<count where Int(lines[other].nameLength) == element.count {
                    guard case .other = lines[other].known else { continue }
                    let name = base + Int(lines[other].nameOffset)
                    if FieldName.equalIgnoringCase(name, option, length: element.count) {
                        lines[other].isHopByHop = true
                    }
                }
            }
        }
    }
}
