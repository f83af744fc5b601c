/// Bytes that never appear in text: printing, interpolating, dumping and mirroring all show `<redacted>`.
package struct SecretBytes: Sendable, Hashable {
    /// The secret itself. Whoever reads it answers for where it goes.
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }

    package var debugDescription: String { "<redacted>" }

    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
