import CertManager
import Certificates
import KubernetesTypes
import Logging

/// What takes another party: accounts and orders, as tasks beside the engine, which takes their results.
extension CertificateEngine {
    enum Job: Sendable {
        /// By the name of its Secret.
        case register(ObjectKey, ACMEClient, contacts: [String], known: String?, binding: ACMEClient.Binding?)
        /// By its Secret.
        case order(ObjectKey, ACMEOrderFlow, fingerprint: String)
    }

    /// Orders that are worked on at the same time.
    private static let parallelOrders = 4

    // MARK: What is asked for

    /// Finds or makes the accounts of the issuers.
    func updateAccounts() {
        noStateFindings = []
        var names: Set<ObjectKey> = []
        for issuer in plan.issuers {
            guard case .acme(let acme) = issuer.method, let name = issuer.accountName, !issuer.isReplaced
            else { continue }
            guard let state, let transport else {
                noStateFindings.append(
                    CertificateFinding(
                        .stateDirectoryMissing, issuer.key, FieldPath("spec.acme"),
                        "Without a directory to keep them in, neither account nor certificates are asked for: every "
                            + "restart would ask again, up to the limits of the server.",
                        help: "Run weir with --state DIR."))
                continue
            }
            // The first issuer that names an account decides about it.
            guard names.insert(name).inserted, accounts[name]?.issuer != acme.accountPart else { continue }
            let loaded: StateDirectory.Loaded<ACMEAccountRecord> = state.load(.accounts, name)
            var record: ACMEAccountRecord?
            switch loaded {
            case .missing: break
            case .found(let found): record = found
            case .setAside(let sentence): logger.error("\(sentence)")
            }
            accounts[name] = try? ACMEAccountEntry(acme.accountPart, record: record, transport: transport)
        }
        accounts = accounts.filter { names.contains($0.key) }
    }

    // MARK: Deciding

    /// What is due, marked as begun.
    func takeJobs() -> [Job] {
        registrations() + orders()
    }

    private func registrations() -> [Job] {
        let now = clock.now
        return plan.issuers.compactMap { issuer -> Job? in
            guard issuer.problem == nil, !issuer.isReplaced, let name = issuer.accountName,
                var account = accounts[name], !account.isRegistered, !account.isRegistering,
                account.retry.notBefore.map({ $0 <= now }) ?? true
            else { return nil }
            account.isRegistering = true
            accounts[name] = account
            // Before the server knows the key: an account whose key is lost is lost.
            store(account.record, name)
            return .register(
                name, account.client, contacts: account.issuer.contacts, known: account.record.url,
                binding: binding(of: account.issuer, in: issuer.secretNamespace))
        }
    }

    private func binding(of acme: ACMEIssuer, in namespace: String) -> ACMEClient.Binding? {
        guard let binding = acme.externalAccountBinding else { return nil }
        let secret = ObjectKey(Secret.groupKind, namespace: namespace, name: binding.keySecretName)
        guard let bytes = objects.secrets[secret]?.data[binding.keySecretKey]?.bytes else { return nil }
        let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        return ACMEClient.Binding(keyID: binding.keyID, key: SecretBytes(Base64URL.decode(text) ?? bytes))
    }

    private func orders() -> [Job] {
        guard let board else { return [] }
        let now = clock.now
        var jobs: [Job] = []
        var running = entries.values.count(where: \.lifecycle.isAttempting)
        for secret in entries.keys.sorted() {
            guard var entry = entries[secret], entry.canBeIssued, let issuer = entry.planned.issuer,
                case .acme(let acme) = issuer.method, let name = issuer.accountName,
                case .issue(let reason) = entry.lifecycle.next(at: now)
            else { continue }
            defer { entries[secret] = entry }
            guard let account = accounts[name], account.isRegistered else {
                entry.waitsFor = "the account of \(issuer.key) with \(acme.server)"
                continue
            }
            guard running < Self.parallelOrders else { continue }
            entry.waitsFor = nil
            do {
                let flow = ACMEOrderFlow(
                    client: account.client, issuer: acme, planned: entry.planned, key: try entry.keyForNext(),
                    clock: clock, board: board, logger: logger)
                entry.lifecycle.attemptBegan(reason)
                running += 1
                jobs.append(.order(secret, flow, fingerprint: entry.lifecycle.wanted.fingerprint))
            } catch {
                fail(&entry, IssuanceFailure(.refused, "\(error)"))
            }
        }
        return jobs
    }

    /// When an account may be tried again.
    var nextRegistration: Timestamp? {
        accounts.values.filter { !$0.isRegistered && !$0.isRegistering }.compactMap(\.retry.notBefore).min()
    }

    // MARK: Doing

    /// Runs a job and takes its result; outside of the actor while it waits.
    func perform(_ job: Job) async {
        switch job {
        case .register(let name, let client, let contacts, let known, let binding):
            do throws(ACMEError) {
                let url = try await client.register(contacts: contacts, known: known, binding: binding)
                registered(name, client, url: url, contacts: contacts)
            } catch .cancelled {
                return
            } catch {
                registrationFailed(name, client, error.failure(at: clock.now))
            }
        case .order(let secret, let flow, let fingerprint):
            do throws(ACMEError) {
                let chain = try await flow.run()
                finished(
                    secret,
                    CertificateRecord(
                        fingerprint: fingerprint, certificate: chain, privateKey: flow.key.pem, ca: nil))
            } catch {
                orderFailed(secret, error)
            }
        }
        wake.yield()
    }

    /// - Parameter client: that of the attempt; the issuer may have become another one since.
    private func registered(_ name: ObjectKey, _ client: ACMEClient, url: String, contacts: [String]) {
        guard var account = accounts[name], account.client === client else { return }
        account.isRegistering = false
        account.retry = RetryState()
        account.record.url = url
        account.record.contacts = contacts
        accounts[name] = account
        logger.info("ACME account registered", metadata: ["server": "\(account.issuer.server)", "account": "\(url)"])
        store(account.record, name)
    }

    private func store(_ record: ACMEAccountRecord, _ name: ObjectKey) {
        do throws(StateDirectory.Failure) {
            try state?.store(record, .accounts, name)
        } catch {
            logger.error("\(error)")
        }
    }

    private func registrationFailed(_ name: ObjectKey, _ client: ACMEClient, _ failure: IssuanceFailure) {
        guard var account = accounts[name], account.client === client else { return }
        account.isRegistering = false
        account.retry.failed(failure, at: clock.now, jitter: 0)
        accounts[name] = account
        logger.warning(
            "ACME account not registered",
            metadata: [
                "server": "\(account.issuer.server)", "reason": "\(failure.message)",
                "nextAttempt": "\(account.retry.notBefore ?? clock.now)",
            ])
    }

    /// The server has lost it: it is made again with the same key.
    private func forgetAccount(of secret: ObjectKey) {
        guard let name = entries[secret]?.planned.issuer?.accountName else { return }
        accounts[name]?.record.url = nil
    }

    private func finished(_ secret: ObjectKey, _ record: CertificateRecord) {
        guard var entry = entries[secret] else { return }
        do {
            try take(record, into: &entry)
            entries[secret] = entry
            changed.yield()
        } catch {
            fail(&entry, IssuanceFailure(.refused, "The ACME server sent a certificate that cannot be used: \(error)."))
            entries[secret] = entry
        }
    }

    private func orderFailed(_ secret: ObjectKey, _ error: ACMEError) {
        guard var entry = entries[secret] else { return }
        switch error {
        case .cancelled: entry.lifecycle.attemptAbandoned()
        case .problem(let problem) where problem.type == "accountDoesNotExist":
            forgetAccount(of: secret)
            fail(&entry, IssuanceFailure(.temporary, "The ACME server does not know the account any more."))
        default: fail(&entry, error.failure(at: clock.now))
        }
        entries[secret] = entry
    }

    // MARK: Telling

    func condition(ofACME issuer: PlannedIssuer) -> (Condition.Status, reason: String, message: String) {
        if let problem = issuer.problem ?? noStateFindings.first(where: { $0.object == issuer.key }) {
            return (.false, "InvalidConfig", problem.text)
        }
        if issuer.isReplaced { return (.true, "LocalCA", "The local CA stands in for the ACME server (--local-ca)") }
        guard let name = issuer.accountName, let account = accounts[name] else { return (.unknown, "Pending", "") }
        if account.isRegistered {
            return (.true, "ACMEAccountRegistered", "The ACME account was registered with the ACME server")
        }
        if let failure = account.retry.lastFailure, let next = account.retry.notBefore {
            return (
                .false, "ErrRegisterACMEAccount", "\(failure.message) The next attempt is at \(next)."
            )
        }
        return (.unknown, "Pending", "The ACME account is being registered")
    }

    /// What is wrong with accounts.
    var accountFindings: [CertificateFinding] {
        noStateFindings
            + plan.issuers.compactMap { issuer in
                guard let name = issuer.accountName, let account = accounts[name], !account.isRegistered,
                    let failure = account.retry.lastFailure, let next = account.retry.notBefore
                else { return nil }
                return CertificateFinding(
                    .issuanceFailed, issuer.key, FieldPath("spec.acme"),
                    "There is no account with \(account.issuer.server): \(failure.message)",
                    help: "The next attempt is at \(next).")
            }
    }
}
