/// A place in a text. Both numbers count from 1, columns in Unicode scalars.
package struct TextPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = TextPosition(line: 1, column: 1)

    package var description: String { "\(line):\(column)" }

    package static func < (lhs: TextPosition, rhs: TextPosition) -> Bool {
        (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }
}

/// A place in a file.
package struct SourceLocation: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The path as it was given; `<stdin>` for the standard input.
    package var file: String
    package var position: TextPosition

    package init(file: String, position: TextPosition) {
        self.file = file
        self.position = position
    }

    package var line: Int { position.line }

    package var column: Int { position.column }

    /// `file:line:column`, which terminals and editors know how to open.
    package var description: String { "\(file):\(position)" }

    package static func < (lhs: SourceLocation, rhs: SourceLocation) -> Bool {
        (lhs.file, lhs.position) < (rhs.file, rhs.position)
    }
}
