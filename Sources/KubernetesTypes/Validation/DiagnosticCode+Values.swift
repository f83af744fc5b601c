/// What can be wrong with a value of any kind (WR103x and WR105x); the helpers of `Validator` report these.
extension DiagnosticCode {
    /// A text is empty that must not be.
    package static let emptyText = DiagnosticCode(1030)
    /// A text is longer than allowed.
    package static let textTooLong = DiagnosticCode(1031)
    /// A text has another form than its field asks for, such as a name with capital letters.
    package static let invalidFormat = DiagnosticCode(1032)
    /// A number is below or above what its field allows.
    package static let numberOutOfRange = DiagnosticCode(1033)
    /// A value is not one of those that the field knows.
    package static let unknownValue = DiagnosticCode(1034)
    /// A list or map has too few or too many entries.
    package static let wrongCount = DiagnosticCode(1035)
    /// Something stands twice that may stand only once, such as a name in a list.
    package static let duplicateEntry = DiagnosticCode(1036)

    /// A label selector has values with an operator that takes none, or none with one that needs them.
    package static let selectorValues = DiagnosticCode(1050)
    /// A Service has no ports and is not headless.
    package static let serviceWithoutPorts = DiagnosticCode(1051)
}
