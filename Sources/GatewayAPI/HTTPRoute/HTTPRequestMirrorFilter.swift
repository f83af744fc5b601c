/// `filters[].requestMirror`: copies requests to another backend and ignores the answers.
package struct HTTPRequestMirrorFilter: Sendable, Hashable {
    package var backendRef: BackendObjectReference
    /// 0...100. Not together with `fraction`; without either everything is mirrored.
    package var percent: Int32?
    package var fraction: Fraction?

    package init(backendRef: BackendObjectReference, percent: Int32? = nil, fraction: Fraction? = nil) {
        self.backendRef = backendRef
        self.percent = percent
        self.fraction = fraction
    }
}

/// `filters[].requestMirror.fraction`.
package struct Fraction: Sendable, Hashable {
    /// Not negative, not above the denominator.
    package var numerator: Int32
    /// At least 1.
    package var denominator: Int32

    package init(numerator: Int32, denominator: Int32 = 100) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
