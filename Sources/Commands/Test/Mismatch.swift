/// An expectation that does not hold.
struct Mismatch: Encodable, Equatable {
    /// As it stands under `expect`.
    var field: String
    var expected: String
    var found: String
    /// `file:line:column` of the expectation.
    var source: String?
}
