package import CertManager
import Certificates
import KubernetesTypes
package import Logging

/// Keeps the certificates that manifests ask for: issues them, renews them in time, and remembers them.
///
/// An actor: everything here is rare. What it decides is decided by `CertificateLifecycle`; here are the steps that
/// follow. A certificate that is there stays there until a better one has come.
package actor CertificateEngine {
    let state: StateDirectory?
    let clock: any CertificateClock
    let logger: Logger
    let transport: (any ACMETransport)?
    let board: ACMEChallengeBoard?

    private(set) var objects = CertManagerObjects()
    private(set) var plan = CertificatePlan(CertManagerObjects())
    /// By Secret.
    var entries: [ObjectKey: CertificateEntry] = [:]
    /// By the name of the Secret that issuers give them.
    var accounts: [ObjectKey: ACMEAccountEntry] = [:]
    /// ACME issuers that cannot work without a state directory.
    var noStateFindings: [CertificateFinding] = []
    /// What is wrong with CAs, which shows when they are used.
    private var authorityProblems: [ObjectKey: CertificateFinding] = [:]
    /// By Secret, about files of the state directory.
    private var stateFindings: [ObjectKey: CertificateFinding] = [:]
    private var times = ConditionTimes()

    private let wakeups: AsyncStream<Void>
    let wake: AsyncStream<Void>.Continuation
    /// One element after something has been issued on its own: `report` has other Secrets then.
    package nonisolated let changes: AsyncStream<Void>
    let changed: AsyncStream<Void>.Continuation

    /// How long `update` issues before the rest is left to `run`.
    private static let patience = Duration.seconds(2)

    /// - Parameters:
    ///   - state: nil keeps everything in memory, and asks no ACME server for anything.
    ///   - acme: nil leaves ACME issuers without service.
    package init(
        state: StateDirectory?, acme: ACMEEnvironment? = nil, clock: any CertificateClock = SystemCertificateClock(),
        logger: Logger
    ) {
        self.init(
            state: state, transport: acme.map(ACMEHTTPClient.init), responder: acme?.responder, clock: clock,
            logger: logger)
    }

    init(
        state: StateDirectory?, transport: (any ACMETransport)?, responder: (any ACMEChallengeResponder)?,
        clock: any CertificateClock, logger: Logger
    ) {
        self.state = state
        self.transport = transport
        board = responder.map(ACMEChallengeBoard.init)
        self.clock = clock
        self.logger = logger
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: What is asked for

    /// Looks after what `objects` ask for from now on. What can be issued without asking anybody is there at once.
    package func update(_ objects: CertManagerObjects) -> CertificateReport {
        self.objects = objects
        if objects.isEmpty, entries.isEmpty {
            plan = CertificatePlan(objects)
            return CertificateReport()
        }
        plan = CertificatePlan(objects)
        authorityProblems = [:]
        updateAccounts()
        let wanted = Set(plan.certificates.map(\.request.secret))
        entries = entries.filter { wanted.contains($0.key) }
        for planned in plan.certificates {
            let secret = planned.request.secret
            // What the files had may be in the state directory too.
            let isReleased = entries[secret]?.planned.isProvided == true && !planned.isProvided
            if entries[secret] == nil || isReleased {
                entries[secret] = CertificateEntry(planned, record: load(secret, of: planned))
            } else {
                entries[secret]?.update(planned)
            }
        }
        stateFindings = stateFindings.filter { wanted.contains($0.key) }
        times.retain(Set(plan.certificates.map(\.request.key)).union(plan.issuers.map(\.key)))
        _ = issueLocally(for: Self.patience)
        wake.yield()
        return report
    }

    private func load(_ secret: ObjectKey, of planned: PlannedCertificate) -> CertificateRecord? {
        guard let state, !planned.isProvided else { return nil }
        let loaded: StateDirectory.Loaded<CertificateRecord> = state.load(.certificates, secret)
        switch loaded {
        case .missing: return nil
        case .found(let record): return record
        case .setAside(let sentence):
            logger.error("\(sentence)")
            stateFindings[secret] = CertificateFinding(
                .stateSetAside, planned.request.origin, planned.request.path, sentence,
                help: "The certificate is issued anew.", severity: .warning)
            return nil
        }
    }

    // MARK: Running

    /// Issues and renews until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            var alarm: Timestamp?
            wake.yield()
            for await _ in wakeups {
                let now = clock.now
                if let due = alarm, due <= now { alarm = nil }
                let next = issueLocally(for: Self.patience)
                if next.isChanged { changed.yield() }
                for job in takeJobs() { group.addTask { await self.perform(job) } }
                guard let moment = next.moment, alarm.map({ moment < $0 }) ?? true else { continue }
                alarm = moment
                group.addTask { [clock, wake] in
                    try? await clock.sleep(until: moment)
                    wake.yield()
                }
            }
            group.cancelAll()
        }
        await transport?.shutdown()
    }

    /// Issues what is due and needs nobody else, what depends on each other in order.
    /// - Returns: whether something was issued, and when to look again.
    private func issueLocally(for patience: Duration) -> (isChanged: Bool, moment: Timestamp?) {
        let start = ContinuousClock.now
        var isChanged = false
        while true {
            var isProgress = false
            for secret in entries.keys.sorted() {
                if ContinuousClock.now - start > patience { return (isChanged, clock.now) }
                if issueIfDue(secret) { (isProgress, isChanged) = (true, true) }
            }
            if !isProgress { break }
        }
        return (isChanged, nextMoment)
    }

    /// When something is due next.
    private var nextMoment: Timestamp? {
        let now = clock.now
        let moments = entries.values.filter(\.canBeIssued).compactMap { entry in
            if case .wait(let moment) = entry.lifecycle.next(at: now) { moment } else { nil }
        }
        return (moments + [nextRegistration].compactMap(\.self)).min()
    }

    // MARK: Issuing

    /// - Returns: whether a certificate was issued.
    private func issueIfDue(_ secret: ObjectKey) -> Bool {
        let now = clock.now
        guard var entry = entries[secret], entry.canBeIssued, let issuer = entry.planned.issuer,
            case .issue(let reason) = entry.lifecycle.next(at: now)
        else { return false }
        defer { entries[secret] = entry }
        let spec = entry.planned.request.spec
        do {
            let key = try entry.keyForNext()
            let made: (certificate: String, ca: String)
            switch issuer.method {
            case .selfSigned: made = try LocalSigner.selfSigned(spec, key: key, now: now)
            case .ca(let authority):
                guard let signer = self.authority(authority, of: issuer) else {
                    entry.waitsFor = "\(authority) of the CA"
                    return false
                }
                made = try LocalSigner.signed(spec, key: key, by: signer, now: now)
            case .acme, .none: return false
            }
            entry.lifecycle.attemptBegan(reason)
            try take(
                CertificateRecord(
                    fingerprint: entry.lifecycle.wanted.fingerprint, certificate: made.certificate,
                    privateKey: key.pem, ca: made.ca), into: &entry)
            return true
        } catch {
            fail(&entry, error as? IssuanceFailure ?? IssuanceFailure(.refused, "\(error)"))
            return false
        }
    }

    func take(_ record: CertificateRecord, into entry: inout CertificateEntry) throws {
        let held = try record.held()
        let request = entry.planned.request
        entry.record = record
        entry.waitsFor = nil
        entry.lifecycle.issued(held, at: clock.now)
        logger.info(
            "certificate issued",
            metadata: [
                "secret": "\(request.secret.namespace)/\(request.secret.name)",
                "names": "\(request.spec.allNames.joined(separator: ","))", "notAfter": "\(held.notAfter)",
            ])
        stateFindings[request.secret] = nil
        guard let state else { return }
        do throws(StateDirectory.Failure) {
            try state.store(record, .certificates, request.secret)
        } catch {
            logger.error("\(error)")
            stateFindings[request.secret] = CertificateFinding(
                .stateNotWritten, request.origin, request.path, "The certificate is not kept: \(error)",
                help: "Make the directory of --state writable.", severity: .warning)
        }
    }

    func fail(_ entry: inout CertificateEntry, _ failure: IssuanceFailure) {
        entry.lifecycle.attemptFailed(failure, at: clock.now)
        entry.totalFailures += 1
        let secret = entry.planned.request.secret
        logger.warning(
            "certificate not issued",
            metadata: [
                "secret": "\(secret.namespace)/\(secret.name)", "reason": "\(failure.message)",
                "nextAttempt": "\(entry.lifecycle.retry.notBefore ?? clock.now)",
            ])
    }

    /// The CA in a Secret of the files, or one that was issued here. What is wrong with it is noted.
    private func authority(_ secret: ObjectKey, of issuer: PlannedIssuer) -> LocalSigner.Authority? {
        let found = objects.secrets[secret] ?? entries[secret]?.record?.secret(secret, certificate: secret)
        guard let found else { return nil }
        do throws(CertificateFacts.Unreadable) {
            let authority = try LocalSigner.Authority(found)
            authorityProblems[issuer.key] = nil
            return authority
        } catch {
            authorityProblems[issuer.key] = CertificateFinding(
                .issuerSecret, issuer.key, FieldPath("spec.ca.secretName"),
                "\(secret) cannot be used as a CA: \(error.description).",
                help: "It must have the certificate of a CA in tls.crt and its key in tls.key.")
            return nil
        }
    }

    // MARK: Telling

    /// Where matters stand now.
    package var report: CertificateReport {
        let now = clock.now
        var report = CertificateReport()
        let ordered = plan.certificates.compactMap { entries[$0.request.secret] }
        for entry in ordered {
            let request = entry.planned.request
            if !entry.planned.isProvided, let record = entry.record {
                report.secrets.append(record.secret(request.secret, certificate: request.key))
            }
            var status = entry.status(at: now)
            status.conditions = times.publish(status.conditions, of: status.key, now: now)
            report.certificates.append(status)
        }
        report.issuers = plan.issuers.map { issuer in
            IssuerStatus(
                key: issuer.key, conditions: times.publish([condition(of: issuer)], of: issuer.key, now: now))
        }
        report.findings =
            plan.findings + accountFindings + ordered.compactMap(\.failureFinding)
            + plan.issuers.compactMap { authorityProblems[$0.key] }
            + ordered.compactMap { stateFindings[$0.planned.request.secret] }
        return report
    }

    private func condition(of issuer: PlannedIssuer) -> Condition {
        func ready(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition(
                type: CertManagerConditionType.ready, status: status, reason: reason, message: message,
                observedGeneration: issuer.generation == 0 ? nil : issuer.generation)
        }
        switch issuer.method {
        case .selfSigned: return ready(.true, "IsReady", "")
        case .ca(let secret):
            if let problem = issuer.problem { return ready(.false, "ErrGetKeyPair", problem.text) }
            if let problem = authorityProblems[issuer.key] { return ready(.false, "ErrInvalidKeyPair", problem.text) }
            guard authority(secret, of: issuer) != nil else {
                if let problem = authorityProblems[issuer.key] {
                    return ready(.false, "ErrInvalidKeyPair", problem.text)
                }
                return ready(.false, "ErrGetKeyPair", "\(secret) is not issued yet.")
            }
            return ready(.true, "KeyPairVerified", "Signing CA verified")
        case .acme:
            let (status, reason, message) = condition(ofACME: issuer)
            return ready(status, reason, message)
        case .none: return ready(.false, "NotSupported", issuer.problem?.text ?? "")
        }
    }
}

extension CertificateEntry {
    /// The key of the next certificate: the one at hand where the Certificate wants to keep it.
    func keyForNext() throws -> PrivateKey {
        let spec = planned.request.spec.privateKey
        if spec.rotationPolicy == .never, let record,
            CertificateFingerprint.key(record.fingerprint) == CertificateFingerprint.key(lifecycle.wanted.fingerprint)
        {
            return try PrivateKey(pem: record.privateKey)
        }
        return try PrivateKey(spec)
    }
}
