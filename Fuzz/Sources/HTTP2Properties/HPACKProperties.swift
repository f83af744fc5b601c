import HTTP2

/// What a property found wrong. The properties of this folder are compiled twice: into the fuzz targets and into
/// `HTTP2Tests`.
package struct PropertyViolation: Error, CustomStringConvertible {
    package let description: String
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    guard condition else { throw PropertyViolation(description: description()) }
}

/// A field as bytes.
private struct Field: Equatable {
    var name: [UInt8]
    var value: [UInt8]
}

/// The input is a sequence of header blocks, each with its length in front: they decode within their bounds, and what they
/// decode to survives encoding and decoding again.
package func checkHPACK(_ input: UnsafeRawBufferPointer) throws {
    var decoder = HeaderDecoder()
    var encoder = HeaderEncoder()
    var second = HeaderDecoder()
    var rest = input[...]
    while let length = rest.first {
        let block = Array(rest.dropFirst().prefix(Int(length)))
        rest = rest.dropFirst(1 + block.count)
        guard let fields = try decode(block, &decoder) else { return }
        try require(decoder.tableSize <= 4096, "the table is larger than allowed")
        let encoded = encode(fields, &encoder)
        guard let again = try decode(encoded, &second) else {
            throw PropertyViolation(description: "our own block does not decode")
        }
        try require(again == fields, "\(fields) became \(again)")
    }
}

private func decode(_ block: [UInt8], _ decoder: inout HeaderDecoder) throws -> [Field]? {
    // As large as one field needs: a write behind it is seen by AddressSanitizer.
    let slack = HeaderDecoder.slack(blockBytes: block.count)
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: slack, alignment: 1)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: block.count, alignment: 1)
    defer {
        buffer.deallocate()
        copy.deallocate()
    }
    copy.copyBytes(from: block)
    decoder.begin(UnsafeRawBufferPointer(copy))
    var fields: [Field] = []
    do throws(HPACKError) {
        while let field = try decoder.next(into: buffer, at: 0) {
            fields.append(
                Field(
                    name: bytes(buffer, field.name, field.nameLength),
                    value: bytes(buffer, field.value, field.valueLength)))
        }
    } catch {
        return nil
    }
    return fields
}

private func bytes(_ base: UnsafeRawPointer, _ offset: Int, _ count: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: base + offset, count: count))
}

private func encode(_ fields: [Field], _ encoder: inout HeaderEncoder) -> [UInt8] {
    let size = fields.reduce(8) { $0 + HeaderEncoder.maximumCount(name: $1.name.count, value: $1.value.count) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
    defer { buffer.deallocate() }
    var end = encoder.begin(at: buffer)
    for field in fields {
        end = field.name.withUnsafeBytes { name in
            field.value.withUnsafeBytes { encoder.encode(name: name, value: $0, at: end) }
        }
    }
    return bytes(buffer, 0, end - buffer)
}
