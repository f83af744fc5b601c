/// A string field whose CRD lists the allowed values today and may list more tomorrow.
///
/// A value that this version does not know is kept in the case `unrecognized`: in a file it is an error, in a cluster
/// (whose CRDs may be newer than this program) it leads to the reason `UnsupportedValue`.
package protocol OpenEnum: Sendable, Hashable, CustomStringConvertible {
    /// The values of the CRD, in its order.
    static var known: [Self] { get }
    static func unrecognized(_ value: String) -> Self
    /// The text as it stands in the manifest.
    var rawValue: String { get }
}

extension OpenEnum {
    package init(rawValue: String) {
        self = Self.known.first { $0.rawValue == rawValue } ?? .unrecognized(rawValue)
    }

    package var isRecognized: Bool { Self.known.contains(self) }

    package var description: String { rawValue }
}
