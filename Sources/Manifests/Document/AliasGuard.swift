/// Refuses documents whose aliases would make the YAML parser work beyond measure.
///
/// The parser shares what an alias repeats, so plain repetition costs nothing until the values are counted. It hashes
/// keys, however, and hashing a key walks through everything that its aliases stand for. So aliases may not come
/// together with keys that are not simple. The check reads no YAML and errs on the side of seeing too many aliases,
/// but only in documents that define an anchor of the same name.
enum AliasGuard {
    static func check(_ text: String, limits: DocumentLimits) throws(SyntaxError) {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return }
        let bytes = Array(text.utf8)
        let anchors = Set(names(after: UInt8(ascii: "&"), in: bytes).map(\.name))
        guard !anchors.isEmpty else { return }
        let aliases = names(after: UInt8(ascii: "*"), in: bytes).filter { anchors.contains($0.name) }
        guard let first = aliases.first else { return }
        if aliases.count > limits.aliases {
            throw SyntaxError(
                code: .tooLarge, position: position(of: aliases[limits.aliases].offset, in: bytes),
                message: "The document uses more than \(limits.aliases) aliases.", help: "Write the values out.")
        }
        for alias in aliases where isKey(endingAt: alias.end, in: bytes) {
            throw SyntaxError(
                position: position(of: alias.offset, in: bytes), message: "An alias is used as a key.",
                help: "Write the key out.")
        }
        if hasComplexKey(bytes) {
            throw SyntaxError(
                position: position(of: first.offset, in: bytes),
                message: "Aliases are used together with keys that are mappings or lists.",
                help: "Write the values out.")
        }
    }

    private struct Name {
        var name: ArraySlice<UInt8>
        var offset: Int
        var end: Int
    }

    /// The names after an indicator that stands where a value may begin.
    private static func names(after indicator: UInt8, in bytes: [UInt8]) -> [Name] {
        var names: [Name] = []
        for index in bytes.indices where bytes[index] == indicator {
            guard index == 0 || !isWordByte(bytes[index - 1]) else { continue }
            let name = bytes[(index + 1)...].prefix(while: isWordByte)
            if !name.isEmpty { names.append(Name(name: name, offset: index, end: name.endIndex)) }
        }
        return names
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
    }

    private static func isKey(endingAt end: Int, in bytes: [UInt8]) -> Bool {
        bytes[end...].first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ":")
    }

    /// An explicit key (`? …`), or a flow collection before a colon.
    private static func hasComplexKey(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { index in
            switch bytes[index] {
            case UInt8(ascii: "?"):
                index + 1 == bytes.count || " \t\r\n[{&*\"'".utf8.contains(bytes[index + 1])
            case UInt8(ascii: "]"), UInt8(ascii: "}"): isKey(endingAt: index + 1, in: bytes)
            default: false
            }
        }
    }

    private static func position(of offset: Int, in bytes: [UInt8]) -> TextPosition {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: bytes[lineStart..<offset], as: UTF8.self).unicodeScalars.count + 1
        return TextPosition(line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: column)
    }
}
