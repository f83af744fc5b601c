import CertManager
import KubernetesTypes

/// One certificate that the engine looks after.
struct CertificateEntry {
    var planned: PlannedCertificate
    var lifecycle: CertificateLifecycle
    /// What is served; nil before the first.
    var record: CertificateRecord?
    /// What has to be there before an attempt makes sense: half a sentence for the condition.
    var waitsFor: String?
    var totalFailures: UInt64 = 0

    init(_ planned: PlannedCertificate, record: CertificateRecord?) {
        self.planned = planned
        self.record = record
        lifecycle = CertificateLifecycle(
            wanted: Self.wanted(planned), held: record.flatMap { try? $0.held() },
            jitter: Self.jitter(planned.request.secret))
    }

    mutating func update(_ planned: PlannedCertificate) {
        if planned != self.planned { waitsFor = nil }
        self.planned = planned
        lifecycle.want(Self.wanted(planned))
    }

    /// Whether an attempt may be made at all.
    var canBeIssued: Bool { !planned.isProvided && planned.problem == nil && planned.issuer?.problem == nil }

    private static func wanted(_ planned: PlannedCertificate) -> CertificateLifecycle.Wanted {
        CertificateLifecycle.Wanted(
            fingerprint: CertificateFingerprint.of(planned), renewBefore: planned.request.spec.renewBefore?.seconds,
            renewBeforePercentage: planned.request.spec.renewBeforePercentage)
    }

    /// From the name, so that it is the same after a restart (FNV-1a).
    private static func jitter(_ secret: ObjectKey) -> Double {
        let hash = secret.description.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return Double(hash >> 11) / Double(1 << 53 as UInt64)
    }
}

// MARK: Status

extension CertificateEntry {
    func status(at now: Timestamp) -> CertificateStatus {
        let request = planned.request
        let held = lifecycle.held
        return CertificateStatus(
            key: request.key, origin: request.origin, secret: request.secret,
            issuer: planned.issuer?.key ?? request.spec.issuerRef.key(from: request.key.namespace),
            names: request.spec.allNames,
            conditions: conditions(at: now), notBefore: held?.notBefore, notAfter: held?.notAfter,
            renewalTime: lifecycle.renewalTime, failedIssuanceAttempts: lifecycle.retry.failures,
            lastFailureTime: lifecycle.retry.lastFailureTime, nextAttemptTime: lifecycle.retry.notBefore,
            totalFailures: totalFailures)
    }

    private func conditions(at now: Timestamp) -> [Condition] {
        let generation = planned.request.generation == 0 ? nil : planned.request.generation
        func condition(_ type: String, _ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition(type: type, status: status, reason: reason, message: message, observedGeneration: generation)
        }
        let ready = CertManagerConditionType.ready
        let issuing = CertManagerConditionType.issuing
        if planned.isProvided {
            return [condition(ready, .true, "Ready", planned.problem?.text ?? "")]
        }
        let reason = lifecycle.reason(at: now)
        var conditions: [Condition]
        switch reason {
        case nil, .renewing?:
            conditions = [condition(ready, .true, "Ready", "Certificate is up to date and has not expired")]
        case .doesNotExist?:
            conditions = [condition(ready, .false, "DoesNotExist", "\(planned.request.secret) is not issued yet")]
        case .expired?:
            let end = lifecycle.held.map { "\($0.notAfter)" } ?? ""
            conditions = [condition(ready, .false, "Expired", "Certificate expired on \(end)")]
        case .incorrectCertificate?:
            conditions = [
                condition(
                    ready, .false, "IncorrectCertificate",
                    "The certificate was issued for another spec or by another issuer; it is served until it is replaced"
                )
            ]
        }
        guard let reason else { return conditions }
        if let problem = planned.problem ?? planned.issuer?.problem {
            conditions.append(condition(issuing, .false, "Pending", problem.text))
        } else if lifecycle.isAttempting {
            conditions.append(condition(issuing, .true, reason.rawValue, "The certificate is being issued"))
        } else if let waitsFor {
            conditions.append(condition(issuing, .true, reason.rawValue, "Waiting for \(waitsFor)"))
        } else if let failure = lifecycle.retry.lastFailure, let next = lifecycle.retry.notBefore {
            conditions.append(
                condition(
                    issuing, .false, "Failed", "Issuing failed and will be tried again at \(next): \(failure.message)"))
        } else {
            conditions.append(condition(issuing, .true, reason.rawValue, "The certificate is about to be issued"))
        }
        return conditions
    }

    /// The failure of the last attempt, for the list of problems.
    var failureFinding: CertificateFinding? {
        guard let failure = lifecycle.retry.lastFailure, let next = lifecycle.retry.notBefore else { return nil }
        return CertificateFinding(
            .issuanceFailed, planned.request.origin, planned.request.path,
            "The certificate for \(planned.request.secret) was not issued: \(failure.message)",
            help: "The next attempt is at \(next).", severity: lifecycle.held == nil ? .error : .warning)
    }
}
