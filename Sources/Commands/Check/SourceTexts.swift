import Manifests

/// The texts of the files, for excerpts. What may be a secret is not shown.
struct SourceTexts {
    private var files: [String: [Substring]] = [:]

    var fileCount: Int { files.count }

    mutating func add(_ contents: FileContents, of file: String) {
        guard case .bytes(let bytes) = contents else {
            files[file] = []
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        files[file] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    }

    /// One line of a file with the place in it that is meant.
    struct Excerpt: Hashable {
        var line: Int
        /// Without its end; tabs are kept.
        var text: String
        /// The characters to underline, from 0; nil when the place is not shown.
        var marked: Range<Int>?
    }

    /// nil when there is no such line.
    func excerpt(at location: SourceLocation, object: String?) -> Excerpt? {
        guard let lines = files[location.file], lines.indices.contains(location.line - 1) else { return nil }
        let line = String(lines[location.line - 1])
        let shown = isConfidential(location, object: object, in: lines) ? Redaction.redact(line) : line
        let marked = Self.extent(of: location.column - 1, in: Array(shown))
        return Excerpt(line: location.line, text: shown, marked: marked).shortened
    }

    /// Whether the line may hold a value of a Secret. Of text that is no object one cannot tell, so the document around
    /// it must say that it is another kind.
    private func isConfidential(_ location: SourceLocation, object: String?, in lines: [Substring]) -> Bool {
        if let object, !object.hasPrefix("Secret") {
            // A whole document may stand in one line.
            return lines[location.line - 1].count > 200 && lines[location.line - 1].contains("Secret")
        }
        if object != nil { return true }
        let index = location.line - 1
        let start = lines[..<index].lastIndex { $0.hasPrefix("---") } ?? 0
        let end = lines[index...].dropFirst().firstIndex { $0.hasPrefix("---") } ?? lines.endIndex
        let document = lines[start..<end]
        return document.contains { $0.contains("Secret") } || !document.contains { $0.contains("kind") }
    }

    /// The word, quoted text or key that begins at a place.
    private static func extent(of start: Int, in line: [Character]) -> Range<Int>? {
        guard line.indices.contains(start) else { return line.count == start ? start..<start + 1 : nil }
        let quote = line[start]
        if quote == "\"" || quote == "'" {
            let end = line[(start + 1)...].firstIndex(of: quote) ?? line.count - 1
            return start..<end + 1
        }
        var end = start
        while end < line.count {
            let next = end + 1 < line.count ? line[end + 1] : " "
            if line[end] == ":", next == " " { break }
            if line[end] == "#", end > start, line[end - 1] == " " { break }
            if ",}]".contains(line[end]) { break }
            end += 1
        }
        while end > start + 1, line[end - 1] == " " { end -= 1 }
        return start..<max(end, start + 1)
    }
}

extension SourceTexts.Excerpt {
    /// Long lines are cut to what is around the place.
    fileprivate var shortened: Self {
        let characters = Array(text)
        guard characters.count > 160 else { return self }
        let start = max(0, (marked?.lowerBound ?? 0) - 60)
        let end = min(characters.count, start + 150)
        let prefix = start > 0 ? "…" : ""
        var excerpt = self
        excerpt.text = prefix + String(characters[start..<end]) + (end < characters.count ? "…" : "")
        if let marked {
            let offset = prefix.count - start
            let upper = min(marked.upperBound, end)
            excerpt.marked = (marked.lowerBound + offset)..<max(upper + offset, marked.lowerBound + offset + 1)
        }
        return excerpt
    }
}

/// Hides what may be the value of a Secret.
enum Redaction {
    /// Fields of a Secret that are no secrets themselves.
    private static let fields: Set<String> = [
        "annotations", "apiVersion", "ca.crt", "data", "immutable", "kind", "labels", "metadata", "name", "namespace",
        "stringData", "tls.crt", "tls.key", "type",
    ]

    /// Of `field: value`, the field if it is known to be harmless.
    static func redact(_ line: String) -> String {
        let indentation = line.prefix { $0 == " " || $0 == "-" }
        let rest = line.dropFirst(indentation.count)
        guard let colon = rest.firstIndex(of: ":"), fields.contains(String(rest[..<colon])) else {
            return indentation + "<redacted>"
        }
        let isEmpty = rest[rest.index(after: colon)...].allSatisfy(\.isWhitespace)
        return indentation + rest[...colon] + (isEmpty ? "" : " <redacted>")
    }
}
