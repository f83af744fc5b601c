package import Echo
package import Issuance
package import KubernetesTypes
package import Logging
package import Manifests
package import Proxy
package import Reconciler
import Routing

/// The shell around `reconcile` for a process without a cluster: manifests in, configuration to the data plane, status
/// for whoever asks.
///
/// An actor: changes are applied one after the other. The order inside `apply` is what makes status true: it is
/// published after the event loops have taken over the configuration.
package actor StandaloneController {
    private let base: ReconcilerSettings
    /// Who has which address of `--address-pool`; nil without it. Outlives single changes, so that addresses stay.
    private var addressPool: AddressPool?
    private let proxy: ProxyServer
    private let echo: EchoServer?
    private let logger: Logger
    private let names: ExternalNames

    /// Issues what cert-manager's kinds and annotations ask for; nil leaves that undone.
    let certificates: CertificateEngine?
    private let challengeResponder: GatewayChallengeResponder?
    /// The CA of `--local-ca`.
    let localAuthority: Secret?
    /// Whether the manifests ask for certificates at all.
    var hasCertificates = false
    /// Objects of `state` that stand in no file.
    var issuedSecrets: Set<ObjectKey> = []
    var promised: PromisedSecrets?

    var state = ClusterState()
    private var memo = Memo()
    private var statuses = StatusHistory()
    /// Changes are applied one after the other, whoever brings them.
    private var isApplying = false
    private var waitingTurns: [CheckedContinuation<Void, Never>] = []
    /// The echo backends that run, with the time since when nothing forwards to them.
    private var echoing: [BackendID: ContinuousClock.Instant?] = [:]
    /// Requests on their way to an echo backend may still arrive when the routes have changed.
    private let echoGrace = Duration.seconds(60)
    private var lastProblems: Set<String> = []

    /// What was applied last; nil before the first time.
    package private(set) var report: ServingReport?

    /// - Parameters:
    ///   - settings: of the reconciler, with the overrides that `--backend` asked for.
    ///   - echo: serves the Services that have no EndpointSlice; nil leaves them without endpoints.
    ///   - certificates: runs as long as the controller.
    ///   - localAuthority: signs the certificates that nobody else issues; nil leaves their listeners without.
    ///   - challengeResponder: what `certificates` answers ACME servers through.
    package init(
        settings: ReconcilerSettings, proxy: ProxyServer, echo: EchoServer?, dnsServer: DNSServer?,
        certificates: CertificateEngine? = nil, challengeResponder: GatewayChallengeResponder? = nil,
        localAuthority: Secret? = nil, logger: Logger
    ) {
        base = settings
        addressPool = settings.addressPool
        self.proxy = proxy
        self.echo = echo
        self.certificates = certificates
        self.challengeResponder = challengeResponder
        self.localAuthority = localAuthority
        self.logger = logger
        names = ExternalNames(proxy: proxy, server: dnsServer, logger: logger)
    }

    /// Applies every snapshot of `source` until the task is cancelled.
    /// - Parameter onApplied: called after each; what it throws ends the run.
    package func run(
        _ source: ManifestSource, onApplied: @escaping @Sendable (ServingReport) throws -> Void
    ) async throws {
        let names = names
        let certificates = certificates
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await names.run() }
            defer { names.stop() }
            if let certificates {
                group.addTask { await certificates.run() }
                group.addTask {
                    for await _ in certificates.changes {
                        if let report = await self.applyCertificates() { try onApplied(report) }
                    }
                }
            }
            defer { group.cancelAll() }
            for await snapshot in source.snapshots() { try onApplied(await apply(snapshot)) }
        }
    }

    // MARK: Applying a change

    /// Serves `snapshot` from now on and returns what came of it.
    package func apply(_ snapshot: ManifestSnapshot) async -> ServingReport {
        await beginTurn()
        defer { endTurn() }
        return await apply(snapshot, isReload: true)
    }

    /// The same manifests with the certificates that have been issued since; nil before the first time.
    private func applyCertificates() async -> ServingReport? {
        await beginTurn()
        defer { endTurn() }
        guard let snapshot = report?.manifests else { return nil }
        return await apply(snapshot, isReload: false)
    }

    /// Lets the steps of one change be over before those of the next begin, although an actor does other things while
    /// it awaits.
    private func beginTurn() async {
        guard isApplying else { return isApplying = true }
        await withCheckedContinuation { waitingTurns.append($0) }
    }

    private func endTurn() {
        if waitingTurns.isEmpty { isApplying = false } else { waitingTurns.removeFirst().resume() }
    }

    private func apply(_ snapshot: ManifestSnapshot, isReload: Bool) async -> ServingReport {
        update(snapshot)
        let certificates = await updateCertificates(snapshot)
        var settings = base
        addressPool?.assign(in: state, settings: settings)
        settings.addressPool = addressPool
        var outcome = reconcile(state, settings: settings, memo: &memo)
        if let echo {
            // The echo server speaks HTTP/1.1.
            let spoken = Set(outcome.configuration.backends.lazy.filter { $0.protocol == .http1 }.map(\.id))
            let overrides = await startEchoes(outcome.backendsWithoutEndpoints.filter(spoken.contains), on: echo)
            if !overrides.isEmpty {
                settings.backendOverrides.merge(overrides) { asked, _ in asked }
                outcome = reconcile(state, settings: settings, memo: &memo)
            }
        }
        let failures = await proxy.install(outcome.configuration)
        if !failures.isEmpty {
            for failure in failures { settings.note(failure) }
            outcome = reconcile(state, settings: settings, memo: &memo)
            // Again without those ports, so that the configuration served is the one the status speaks of.
            _ = await proxy.install(outcome.configuration)
        }
        for problem in await proxy.tlsProblems {
            logger.error(
                "TLS material could not be loaded; the listener refuses every handshake",
                metadata: [
                    "listener": "\(problem.listener.map { "\($0.gateway) \($0.listener)" } ?? "all")",
                    "port": "\(problem.port)", "reason": "\(problem.reason)",
                ])
        }
        challengeResponder?.update(outcome.summary)
        await names.watch(await proxy.namesInUse)
        await stopEchoes(except: outcome.configuration)
        statuses.update(outcome.statuses)
        addCertificateDiagnostics(certificates, of: snapshot, to: &outcome)
        let report = ServingReport(
            generation: (self.report?.generation ?? 0) + 1,
            failedReloads: (self.report?.failedReloads ?? 0) + (isReload && snapshot.hasErrors ? 1 : 0),
            manifests: snapshot, outcome: outcome, portFailures: failures, statuses: statuses.document,
            certificates: certificates)
        logProblems(report)
        self.report = report
        return report
    }

    private func update(_ snapshot: ManifestSnapshot) {
        let (changed, removed) = snapshot.changes(since: report?.manifests)
        for decoded in changed { state.set(decoded.object) }
        for key in removed { state.remove(key) }
    }

    /// Says what is new since the last change; what stays wrong is not repeated. The problems of the start are on the
    /// first screen.
    private func logProblems(_ report: ServingReport) {
        let problems = report.problems
        defer { lastProblems = Set(problems) }
        if report.generation > 1 {
            for problem in problems where !lastProblems.contains(problem) { logger.warning("\(problem)") }
            logger.info(
                "configuration applied",
                metadata: [
                    "generation": "\(report.generation)", "routes": "\(report.outcome.configuration.routeCount)",
                    "problems": "\(problems.count)",
                ])
        }
    }

    // MARK: Echo backends

    private func startEchoes(_ backends: [BackendID], on echo: EchoServer) async -> [BackendID: [Endpoint]] {
        var overrides: [BackendID: [Endpoint]] = [:]
        // Echo backends speak HTTP, which nobody sends in datagrams.
        for backend in backends where base.backendOverrides[backend] == nil && backend.transport == .stream {
            do {
                let port = try await echo.start(EchoIdentity(backend))
                overrides[backend] = [Endpoint(host: .address("127.0.0.1"), port: port)]
                echoing.updateValue(nil, forKey: backend)
            } catch {
                logger.error("no echo backend for \(backend): \(error)")
            }
        }
        return overrides
    }

    /// Stops echo backends that nothing has forwarded to for a while, or whose Service has had endpoints since then.
    private func stopEchoes(except configuration: RoutingConfiguration) async {
        guard let echo else { return }
        let needed = Set(configuration.backends.map(\.id))
        let now = ContinuousClock.now
        for (backend, unneededSince) in echoing where !needed.contains(backend) {
            if let unneededSince, now - unneededSince > echoGrace {
                await echo.stop(EchoIdentity(backend))
                echoing.removeValue(forKey: backend)
            } else if unneededSince == nil {
                echoing.updateValue(now, forKey: backend)
            }
        }
    }
}

extension ReconcilerSettings {
    /// Takes into account what could not be opened: an address that this machine does not have, or one port.
    fileprivate mutating func note(_ failure: ProxyServer.PortFailure) {
        if let address = failure.specAddress, failure.isAboutAddress {
            unbindableAddresses[address] = failure.reason
        } else {
            let socket = BindAddress(
                address: failure.specAddress, port: failure.specPort,
                transport: failure.isDatagram ? .datagram : .stream)
            unbindablePorts[socket] = failure.reason
        }
    }
}

extension EchoIdentity {
    init(_ backend: BackendID) {
        self.init(namespace: backend.service.namespace, service: backend.service.name, servicePort: backend.port)
    }
}
