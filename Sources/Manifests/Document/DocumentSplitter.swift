/// Cuts a YAML stream into its documents before it is parsed, so that a syntax error stays in its document.
///
/// This needs no parser: a line that begins with `---` and a blank begins a document wherever it stands, also inside of
/// quotes and block scalars (YAML 1.2.2, section 9.1.2, rule c-forbidden).
enum DocumentSplitter {
    struct Chunk {
        var text: String
        /// Lines of the stream before the chunk.
        var precedingLines: Int
    }

    static func split(_ text: String) -> [Chunk] {
        var text = text
        return text.withUTF8 { bytes in
            var chunks: [Chunk] = []
            var start = 0
            var startLine = 0
            var line = 0
            var index = 0
            // Comments and directives before `---` belong to the document that follows.
            var hasContent = false
            while index < bytes.count {
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                if isDocumentStart(bytes[index..<end]) {
                    if hasContent {
                        chunks.append(chunk(bytes[start..<index], precedingLines: startLine))
                        start = index
                        startLine = line
                    }
                    hasContent = true
                } else if !hasContent, isContent(bytes[index..<end]) {
                    hasContent = true
                }
                index = end + 1
                line += 1
            }
            if hasContent { chunks.append(chunk(bytes[start...], precedingLines: startLine)) }
            return chunks
        }
    }

    private static func chunk(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, precedingLines: Int) -> Chunk {
        Chunk(text: String(decoding: bytes, as: UTF8.self), precedingLines: precedingLines)
    }

    private static func isDocumentStart(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        return line.dropFirst(3).first.map { " \t\r".utf8.contains($0) } ?? true
    }

    private static func isContent(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = line.first(where: { !" \t\r".utf8.contains($0) }) else { return false }
        return first != UInt8(ascii: "#") && line.first != UInt8(ascii: "%")
    }
}
