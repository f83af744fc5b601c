/// The stable name of a kind of diagnostic, such as `WR1007`. It never changes its meaning and is never used again for
/// another; docs/diagnostics.md has a paragraph on each.
///
/// - WR1xxx: the manifest cannot be read, or the API server would refuse it.
/// - WR2xxx: the object is valid, and a status condition says that it is not served as written.
/// - WR3xxx: legal, but surely not meant (`weir check` only).
package struct DiagnosticCode: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: UInt16

    package init(_ number: UInt16) { self.number = number }

    package var description: String { "WR\(number)" }

    package static func < (lhs: DiagnosticCode, rhs: DiagnosticCode) -> Bool { lhs.number < rhs.number }
}
