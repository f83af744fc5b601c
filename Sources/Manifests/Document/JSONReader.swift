/// Reads RFC 8259 values, one after the other, with the place of each.
struct JSONReader {
    private let bytes: [UInt8]
    private let limits: DocumentLimits
    private var budget: Int
    private var index = 0
    /// The position of the byte at `measured`, from which later positions are counted.
    private var measuredPosition = TextPosition.start
    private var measured = 0

    init(_ text: String, limits: DocumentLimits, budget: Int) {
        bytes = Array(text.utf8)
        self.limits = limits
        self.budget = budget
    }

    mutating func documents() -> [Result<DocumentNode, SyntaxError>] {
        var documents: [Result<DocumentNode, SyntaxError>] = []
        do {
            while true {
                skipBlanks()
                guard index < bytes.count else { return documents }
                documents.append(.success(try value(depth: 1)))
            }
        } catch {
            return documents + [.failure(error)]
        }
    }

    private mutating func position() -> TextPosition {
        for byte in bytes[measured..<min(index, bytes.count)] {
            if byte == UInt8(ascii: "\n") {
                measuredPosition = TextPosition(line: measuredPosition.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                measuredPosition.column += 1
            }
        }
        measured = min(index, bytes.count)
        return measuredPosition
    }

    private mutating func error(_ message: String, help: String = "Check the syntax around this place.") -> SyntaxError
    {
        SyntaxError(position: position(), message: "The document is not JSON: \(message).", help: help)
    }

    private mutating func skipBlanks() {
        while index < bytes.count, " \t\r\n".utf8.contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(SyntaxError) -> DocumentNode {
        skipBlanks()
        let position = position()
        budget -= 1
        guard budget >= 0 else {
            throw SyntaxError(
                code: .tooLarge, position: position, message: "The file has more than \(limits.nodes) values.",
                help: "Split it into several files.")
        }
        guard depth <= limits.depth else {
            throw error("values are nested more than \(limits.depth) levels deep", help: "Check the brackets.")
        }
        guard index < bytes.count else { throw error("it ends too early") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return DocumentNode(position: position, value: .mapping(try object(depth: depth)))
        case UInt8(ascii: "["): return DocumentNode(position: position, value: .sequence(try array(depth: depth)))
        case UInt8(ascii: "\""): return DocumentNode(position: position, value: .string(try string()))
        default: return DocumentNode(position: position, value: .plain(try literal()))
        }
    }

    private mutating func object(depth: Int) throws(SyntaxError) -> [DocumentEntry] {
        index += 1
        var entries: [DocumentEntry] = []
        var keys: Set<String> = []
        skipBlanks()
        if take("}") { return [] }
        repeat {
            skipBlanks()
            let keyPosition = position()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("a key in quotes is missing")
            }
            let key = try string()
            guard keys.insert(key).inserted else {
                throw SyntaxError(
                    code: .duplicateKey, position: keyPosition, message: "This key stands twice in its mapping.",
                    help: "Keep one of the two.")
            }
            skipBlanks()
            guard take(":") else { throw error("a colon is missing") }
            entries.append(DocumentEntry(key: key, keyPosition: keyPosition, value: try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw error("a comma or } is missing") }
        return entries
    }

    private mutating func array(depth: Int) throws(SyntaxError) -> [DocumentNode] {
        index += 1
        var elements: [DocumentNode] = []
        skipBlanks()
        if take("]") { return [] }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw error("a comma or ] is missing") }
        return elements
    }

    /// A number, `true`, `false` or `null`.
    private mutating func literal() throws(SyntaxError) -> String {
        let word = bytes[index...].prefix { byte in
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "+", "-", ".": true
            default: false
            }
        }
        let text = String(decoding: word, as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || Self.isNumber(word) else { throw error("a value is missing") }
        index += word.count
        return text
    }

    /// `-? int frac? exp?` of RFC 8259, section 6.
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        func digits() -> Int {
            let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let integer = digits()
        guard integer == 1 || (integer > 1 && !startsWithZero) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(SyntaxError) -> String {
        index += 1
        var content: [UInt8] = []
        while true {
            let run = bytes[index...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            content.append(contentsOf: run)
            index = run.endIndex
            if take("\"") { return String(decoding: content, as: UTF8.self) }
            guard take("\\") else {
                throw error(
                    "a text is not closed, or has a control character", help: "Close the quote, escape \\n and \\t.")
            }
            content.append(contentsOf: String(try escape()).utf8)
        }
    }

    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        guard index < bytes.count else { throw error("it ends too early") }
        let byte = bytes[index]
        index += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return Unicode.Scalar(byte)
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let first = try codeUnit()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xDC00, take("\\"), take("u") else { throw error("half of a surrogate pair is missing") }
            let second = try codeUnit()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00))
            else { throw error("half of a surrogate pair is missing") }
            return scalar
        default: throw error("an escape sequence is unknown")
        }
    }

    private mutating func codeUnit() throws(SyntaxError) -> UInt16 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("an escape sequence needs four hexadecimal digits") }
        index += 4
        return unit
    }
}
