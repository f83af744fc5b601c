/// A parsed pattern. Groups leave no trace: nothing is captured.
indirect enum RegularExpressionSyntax: Equatable {
    case empty
    /// One character out of a set; a literal is a set of one.
    case character(ScalarSet)
    case concatenation([RegularExpressionSyntax])
    case alternation([RegularExpressionSyntax])
    /// `maximum` nil means without limit.
    case repetition(RegularExpressionSyntax, minimum: Int, maximum: Int?)
    case assertion(Assertion)

    /// Conditions on a position that take no character.
    enum Assertion: UInt8, Equatable {
        case textStart, textEnd, wordBoundary, notWordBoundary
    }
}
