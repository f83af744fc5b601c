import ArgumentParser
import Foundation

/// `-o` of commands that answer a person or a program.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

extension Encodable {
    /// JSON as every command and the admin port print it: indented, keys in order, with a line end.
    func prettyJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}
