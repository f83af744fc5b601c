/// One `requestMirror` filter: a copy of the request goes to another backend, and its response is ignored. Mirrors whose
/// backend cannot be used do not get here.
package struct RequestMirror: Sendable, Hashable {
    package var backend: BackendID
    /// A request is mirrored with the probability numerator / denominator. 0...denominator.
    package var numerator: UInt32
    /// At least 1.
    package var denominator: UInt32

    package init(backend: BackendID, numerator: UInt32 = 100, denominator: UInt32 = 100) {
        self.backend = backend
        self.numerator = numerator
        self.denominator = denominator
    }
}
