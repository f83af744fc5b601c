import KubernetesTypes
import Testing

@testable import Issuance

@Suite struct CertificateLifecycleTests {
    private static let start = Timestamp(secondsSince1970: 1_800_000_000)
    private static let day: Int64 = 86_400

    private func after(_ seconds: Int64) -> Timestamp {
        Timestamp(secondsSince1970: Self.start.secondsSince1970 + seconds)
    }

    private func lifecycle(
        renewBefore: Int64? = nil, percentage: Int? = nil, days: Int64? = 90, made: String = "a", jitter: Double = 0
    ) -> CertificateLifecycle {
        let held = days.map {
            CertificateLifecycle.Held(
                fingerprint: made, notBefore: Self.start, notAfter: after($0 * Self.day))
        }
        return CertificateLifecycle(
            wanted: .init(fingerprint: "a", renewBefore: renewBefore, renewBeforePercentage: percentage), held: held,
            jitter: jitter)
    }

    @Test func `what is not there is issued at once`() {
        #expect(lifecycle(days: nil).next(at: Self.start) == .issue(.doesNotExist))
    }

    @Test func `it is renewed two thirds into its life`() {
        let lifecycle = lifecycle()
        #expect(lifecycle.next(at: Self.start) == .wait(until: after(60 * Self.day)))
        #expect(lifecycle.next(at: after(60 * Self.day - 1)) == .wait(until: after(60 * Self.day)))
        #expect(lifecycle.next(at: after(60 * Self.day)) == .issue(.renewing))
        #expect(lifecycle.next(at: after(90 * Self.day)) == .issue(.expired))
    }

    @Test(
        arguments: [
            (15 * 86_400, nil, 75 * 86_400), (nil, 10, 81 * 86_400),
            // Longer than the life: as if it was not set.
            (100 * 86_400, nil, 60 * 86_400),
        ] as [(Int64?, Int?, Int64)])
    func `renewBefore says otherwise`(renewBefore: Int64?, percentage: Int?, renewal: Int64) {
        #expect(lifecycle(renewBefore: renewBefore, percentage: percentage).renewalTime == after(renewal))
    }

    @Test func `what was made together is not renewed together, and never later than asked for`() throws {
        let times = try [0.0, 0.5, 0.999].map { try #require(lifecycle(jitter: $0).renewalTime) }
        #expect(times == times.sorted().reversed())
        #expect(Set(times).count == 3)
        #expect(times[0] == after(60 * Self.day))
        #expect(times[2] > after(59 * Self.day))
    }

    @Test func `another spec is another certificate`() {
        #expect(lifecycle(made: "b").next(at: Self.start) == .issue(.incorrectCertificate))
    }

    @Test func `one attempt is made at a time`() {
        var lifecycle = lifecycle(days: nil)
        lifecycle.attemptBegan(.doesNotExist)
        #expect(lifecycle.next(at: Self.start) == .attempting)
        lifecycle.issued(.init(fingerprint: "a", notBefore: Self.start, notAfter: after(90 * Self.day)), at: Self.start)
        #expect(lifecycle.next(at: Self.start) == .wait(until: after(60 * Self.day)))
    }

    @Test func `a certificate that is due on arrival counts as a failure`() {
        var lifecycle = lifecycle(days: nil)
        for pause in [10, 20, 40] as [Int64] {
            let now = lifecycle.retry.notBefore ?? Self.start
            lifecycle.attemptBegan(.expired)
            lifecycle.issued(.init(fingerprint: "a", notBefore: Self.start, notAfter: now), at: now)
            #expect(
                lifecycle.next(at: now)
                    == .wait(until: Timestamp(secondsSince1970: now.secondsSince1970 + pause)))
        }
    }

    @Test func `two certificates of a Secret are some seconds apart however short they live`() {
        var lifecycle = lifecycle(days: nil)
        lifecycle.issued(.init(fingerprint: "a", notBefore: Self.start, notAfter: after(3)), at: Self.start)
        #expect(lifecycle.next(at: after(2)) == .wait(until: after(5)))
        #expect(lifecycle.next(at: after(5)) == .issue(.expired))
    }

    @Test(
        arguments: [
            (IssuanceFailure.Kind.refused, [60, 180, 540, 1_620, 4_860, 14_580, 21_600, 21_600]),
            (.temporary, [10, 20, 40, 80, 160, 320, 600, 600]),
        ] as [(IssuanceFailure.Kind, [Int64])])
    func `failures make the pauses longer, up to a bound`(kind: IssuanceFailure.Kind, pauses: [Int64]) {
        var lifecycle = lifecycle(days: nil)
        var now = Self.start
        for pause in pauses {
            lifecycle.attemptBegan(.doesNotExist)
            lifecycle.attemptFailed(IssuanceFailure(kind, "no"), at: now)
            let next = Timestamp(secondsSince1970: now.secondsSince1970 + pause)
            #expect(lifecycle.next(at: now) == .wait(until: next))
            #expect(lifecycle.next(at: next) == .issue(.doesNotExist))
            now = next
        }
        #expect(lifecycle.retry.failures == pauses.count)
    }

    @Test func `the server may ask for a longer pause, but not for an endless one`() {
        var lifecycle = lifecycle(days: nil)
        lifecycle.attemptFailed(IssuanceFailure(.temporary, "busy", retryAfter: after(5_000)), at: Self.start)
        #expect(lifecycle.next(at: Self.start) == .wait(until: after(5_000)))
        lifecycle.attemptFailed(IssuanceFailure(.temporary, "busy", retryAfter: after(1_000_000_000)), at: Self.start)
        #expect(lifecycle.next(at: Self.start) == .wait(until: after(7 * Self.day)))
    }

    @Test func `a change of what is asked for is tried at once`() {
        var lifecycle = lifecycle(days: nil)
        lifecycle.attemptFailed(IssuanceFailure(.refused, "no"), at: Self.start)
        lifecycle.want(lifecycle.wanted)
        #expect(lifecycle.next(at: Self.start) != .issue(.doesNotExist))
        lifecycle.want(.init(fingerprint: "b"))
        #expect(lifecycle.next(at: Self.start) == .issue(.doesNotExist))
    }

    @Test func `a renewal that fails leaves the certificate as it is`() {
        var lifecycle = lifecycle()
        let due = after(60 * Self.day)
        lifecycle.attemptBegan(.renewing)
        lifecycle.attemptFailed(IssuanceFailure(.refused, "no"), at: due)
        #expect(lifecycle.held?.notAfter == after(90 * Self.day))
        #expect(lifecycle.reason(at: due) == .renewing)
    }
}
