package import KubernetesTypes

/// Why a manifest cannot be read, or not as it was meant (WR100x, WR101x and WR103x).
extension DiagnosticCode {
    /// The file cannot be opened.
    package static let unreadableFile = DiagnosticCode(1001)
    /// The text is not YAML or JSON.
    package static let syntaxError = DiagnosticCode(1002)
    /// The document is no Kubernetes object: no mapping, or without apiVersion and kind.
    package static let notAnObject = DiagnosticCode(1003)
    /// The kind is known, but not in this version.
    package static let unknownVersion = DiagnosticCode(1004)
    /// The kind is nearly one of the Gateway API's.
    package static let misspelledKind = DiagnosticCode(1005)
    /// The file is larger than weir reads, has more values, or is nested deeper.
    package static let tooLarge = DiagnosticCode(1006)
    /// A field that the kind does not have; it has no effect.
    package static let unknownField = DiagnosticCode(1007)
    /// A required field is absent.
    package static let missingField = DiagnosticCode(1008)
    /// A value is of another type than its field: text for a number, a mapping for a list.
    package static let wrongType = DiagnosticCode(1009)
    /// A value of `data` is not base64.
    package static let notBase64 = DiagnosticCode(1010)
    /// The same object stands in two places.
    package static let duplicateObject = DiagnosticCode(1011)
    /// A namespace at an object that is in none.
    package static let namespaceOfClusterObject = DiagnosticCode(1012)
    /// A kind that this version does not serve.
    package static let ignoredKind = DiagnosticCode(1013)
    /// A key stands twice in its mapping.
    package static let duplicateKey = DiagnosticCode(1014)

    /// Not a duration as the Gateway API writes it (GEP-2257).
    package static let notADuration = DiagnosticCode(1037)
    /// Not a time as RFC 3339 writes it.
    package static let notATime = DiagnosticCode(1038)
}
