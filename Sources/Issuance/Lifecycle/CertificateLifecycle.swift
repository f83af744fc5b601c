package import KubernetesTypes

/// Decides when a certificate is issued, and says so in the words of cert-manager. No clock, no I/O: an event is a
/// method, and `next` tells what to do.
package struct CertificateLifecycle: Sendable, Hashable {
    /// Why a certificate is to be issued: the reasons of cert-manager's conditions.
    package enum Reason: String, Sendable, Hashable {
        case doesNotExist = "DoesNotExist"
        /// What is there was made for another spec or by another issuer.
        case incorrectCertificate = "IncorrectCertificate"
        case renewing = "Renewing"
        case expired = "Expired"
    }

    package enum Step: Sendable, Hashable {
        case issue(Reason)
        /// Nothing to do before this moment.
        case wait(until: Timestamp)
        /// An attempt is on its way.
        case attempting
    }

    /// What is known about the certificate at hand.
    package struct Held: Sendable, Hashable {
        /// See `CertificateFingerprint`.
        package var fingerprint: String
        package var notBefore: Timestamp
        package var notAfter: Timestamp

        package init(fingerprint: String, notBefore: Timestamp, notAfter: Timestamp) {
            self.fingerprint = fingerprint
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// What is asked for.
    package struct Wanted: Sendable, Hashable {
        package var fingerprint: String
        /// Seconds before the end.
        package var renewBefore: Int64?
        /// Percent of the life before the end.
        package var renewBeforePercentage: Int?

        package init(fingerprint: String, renewBefore: Int64? = nil, renewBeforePercentage: Int? = nil) {
            self.fingerprint = fingerprint
            self.renewBefore = renewBefore
            self.renewBeforePercentage = renewBeforePercentage
        }
    }

    package private(set) var wanted: Wanted
    package private(set) var held: Held?
    package private(set) var retry = RetryState()
    private var attempt: Reason?
    /// 0..<1, the part of the renewal jitter that this certificate takes, the same for all its life.
    private let jitter: Double

    package init(wanted: Wanted, held: Held?, jitter: Double) {
        self.wanted = wanted
        self.held = held
        self.jitter = jitter
    }

    // MARK: Events

    /// What is asked for has changed, so that failures of the past say nothing.
    package mutating func want(_ wanted: Wanted) {
        guard wanted != self.wanted else { return }
        self.wanted = wanted
        retry = RetryState()
    }

    package mutating func attemptBegan(_ reason: Reason) {
        attempt = reason
    }

    /// - Parameter now: a certificate that is due again on arrival (a wrong clock, a CA at its end) counts as a failure: the
    ///   next one would be no better.
    package mutating func issued(_ held: Held, at now: Timestamp) {
        self.held = held
        attempt = nil
        guard let renewalTime, renewalTime > now else {
            let message = "the certificate was due for renewal when it was issued: is the clock right?"
            return retry.failed(IssuanceFailure(.temporary, message), at: now, jitter: jitter)
        }
        retry = RetryState()
        retry.rest(until: Timestamp(secondsSince1970: now.secondsSince1970 + Self.shortestInterval))
    }

    /// Seconds between two certificates of one Secret.
    static let shortestInterval: Int64 = 5

    package mutating func attemptFailed(_ failure: IssuanceFailure, at now: Timestamp) {
        attempt = nil
        retry.failed(failure, at: now, jitter: jitter)
    }

    /// The attempt ended without a verdict: what it waited for is not there.
    package mutating func attemptAbandoned() {
        attempt = nil
    }

    // MARK: Decisions

    /// Why the certificate at hand will not do; nil when it does.
    package func reason(at now: Timestamp) -> Reason? {
        guard let held else { return .doesNotExist }
        if now >= held.notAfter { return .expired }
        if held.fingerprint != wanted.fingerprint { return .incorrectCertificate }
        return renewalTime.map { now >= $0 } ?? false ? .renewing : nil
    }

    package func next(at now: Timestamp) -> Step {
        if attempt != nil { return .attempting }
        guard let reason = reason(at: now) else { return .wait(until: renewalTime ?? now) }
        if let next = retry.notBefore, now < next { return .wait(until: next) }
        return .issue(reason)
    }

    /// Two thirds into its life, or as `renewBefore` says where that is shorter than the life; a little earlier, so that
    /// what was made together is not renewed together.
    package var renewalTime: Timestamp? {
        guard let held else { return nil }
        let life = held.notAfter.secondsSince1970 - held.notBefore.secondsSince1970
        var before = wanted.renewBeforePercentage.map { life * Int64($0) / 100 } ?? wanted.renewBefore ?? life / 3
        if before <= 0 || before >= life { before = life / 3 }
        let range = min(life / 50, 12 * 3_600)
        let moment = held.notAfter.secondsSince1970 - before - Int64(Double(range) * jitter)
        return Timestamp(secondsSince1970: max(held.notBefore.secondsSince1970, moment))
    }

    /// An attempt is on its way.
    package var isAttempting: Bool { attempt != nil }
}
