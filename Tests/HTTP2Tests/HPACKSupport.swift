import HTTP2

/// A header block decoded to `name: value` lines, and the size of the dynamic table behind it.
func decodeBlock(_ block: [UInt8], _ decoder: inout HeaderDecoder) throws(HPACKError) -> [String] {
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 22, alignment: 16)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: block.count, alignment: 1)
    defer {
        buffer.deallocate()
        copy.deallocate()
    }
    copy.copyBytes(from: block)
    decoder.begin(UnsafeRawBufferPointer(copy))
    var lines: [String] = []
    var position = 0
    while let field = try decoder.next(into: buffer, at: position) {
        lines.append(
            text(buffer, field.name, field.nameLength) + ": " + text(buffer, field.value, field.valueLength))
        position = field.end
    }
    return lines
}

func text(_ base: UnsafeRawPointer, _ offset: Int, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: base + offset, count: count), as: UTF8.self)
}

/// Encodes fields, pseudo ones included, as one block.
func encodeBlock(_ fields: [(String, String)], _ encoder: inout HeaderEncoder) -> [UInt8] {
    let size = fields.reduce(64) { $0 + HeaderEncoder.maximumCount(name: $1.0.utf8.count, value: $1.1.utf8.count) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    var end = encoder.begin(at: buffer)
    for (name, value) in fields {
        Array(name.utf8).withUnsafeBytes { name in
            Array(value.utf8).withUnsafeBytes { value in end = encoder.encode(name: name, value: value, at: end) }
        }
    }
    return Array(UnsafeRawBufferPointer(start: buffer, count: end - buffer))
}

/// The bytes that a dump in hexadecimal, with any spaces, stands for.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.filter { !$0.isWhitespace }.map { UInt8(String($0), radix: 16) ?? 0 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
