/// What is wrong with a peer's certificate, as far as it concerns anybody but its owner.
package enum TLSVerificationFailure: UInt8, Sendable {
    /// No authority vouches for it, or there is none.
    case untrusted
    /// Expired, or not valid yet.
    case notValidNow
    case wrongName
}

extension TLSSession {
    /// Why the handshake failed when verification was the reason.
    package var verificationFailure: TLSVerificationFailure? {
        guard let verificationProblem else { return nil }
        if verificationProblem.hasSuffix("for another name") { return .wrongName }
        let isAboutTime = ["expired", "not yet valid"].contains { verificationProblem.contains($0) }
        return isAboutTime ? .notValidNow : .untrusted
    }
}
