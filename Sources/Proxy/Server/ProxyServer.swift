import Glibc
package import Routing
package import Telemetry

/// The data plane: as many event loops as asked for, and the one place where configuration reaches them.
///
/// An actor, because installing a configuration is rare and takes several steps; no request ever passes through it.
package actor ProxyServer {
    /// A port that could not be opened.
    package struct PortFailure: Sendable, Hashable {
        package var address: String
        /// `PortConfiguration.address`: nil when it was the process's own bind address.
        package var specAddress: String?
        /// The port that was tried, offset included.
        package var port: Int
        /// The listener's port as the Gateway states it.
        package var specPort: UInt16
        /// The port is one for UDP.
        package var isDatagram = false
        package var errno: Int32
        /// For humans: what the system said.
        package var reason: String

        /// The machine does not have the address, whatever the port.
        package var isAboutAddress: Bool { errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT }
    }

    /// A certificate or authority that could not be loaded although the reconciler found nothing wrong with it. The
    /// listener refuses every handshake; others are not affected.
    package struct TLSProblem: Sendable, Hashable {
        /// nil when it concerns all listeners of the port.
        package var listener: ListenerID?
        package var port: UInt16
        package var reason: String
    }

    private let settings: ProxySettings
    private let workers: [WorkerThread]
    private var configuration = RoutingConfiguration.empty
    /// What `install` was given: `configuration` may have ports for challenges besides.
    private var installed = RoutingConfiguration.empty
    private var challenges = ACMEChallenges()
    private var table = RoutingTable(.empty)
    private var openAddresses: Set<ListenAddress> = []
    private var backends: [ResolvedBackend] = []
    private var tls = TLSContexts()
    private var securities = BackendSecurities(systemRoots: SystemRoots())
    private var streamSecurities = BackendSecurities(systemRoots: SystemRoots(), isForStreams: true)
    /// What the names of ExternalName backends stand for now, as text addresses.
    private var addressesByName: [String: [String]] = [:]

    /// True once `drain` was called: new connections are no longer accepted.
    package private(set) var isDraining = false

    /// Starts the worker threads; nothing listens yet.
    package init(settings: ProxySettings) throws(SystemError) {
        self.settings = settings
        var workers: [WorkerThread] = []
        for index in 0..<max(1, settings.workers) {
            workers.append(
                try WorkerThread(index: index, settings: settings, seed: UInt64.random(in: .min ... .max)))
        }
        self.workers = workers
    }

    // MARK: Configuration

    /// Makes every worker serve `configuration` and returns once they all do. Ports that cannot be opened are reported;
    /// everything else is served. No request in flight is affected.
    package func install(_ configuration: RoutingConfiguration) async -> [PortFailure] {
        installed = configuration
        return await serve(challenges.added(to: configuration))
    }

    /// Answers ACME servers with exactly these from now on, and returns once every worker does. Ports that cannot be opened
    /// for it are reported.
    package func setChallenges(_ challenges: ACMEChallenges) async -> [PortFailure] {
        let isReload =
            challenges.certificates != self.challenges.certificates || challenges.httpPorts != self.challenges.httpPorts
            || challenges.tlsPorts != self.challenges.tlsPorts
        self.challenges = challenges
        let answers = ContiguousArray(challenges.http.map(HTTPChallenge.init))
        await performOnAll { _, worker in worker.challenges = answers }
        return isReload ? await serve(challenges.added(to: installed), always: true) : []
    }

    /// - Parameter always: also where the configuration is what it was.
    private func serve(_ configuration: RoutingConfiguration, always: Bool = false) async -> [PortFailure] {
        let onlyEndpointsChange =
            !always && !openAddresses.isEmpty && configuration.ports == self.configuration.ports
            && configuration.routes == self.configuration.routes
            && configuration.streamRoutes == self.configuration.streamRoutes
            && configuration.backends.map(\.id) == self.configuration.backends.map(\.id)
        self.configuration = configuration
        securities.update(configuration)
        streamSecurities.update(configuration)
        backends = configuration.backends.map(resolve)
        if onlyEndpointsChange {
            await installBackends()
            return []
        }
        let before = table
        table = RoutingTable(configuration, reusing: before)
        let (plans, failures) = planListeners()
        let table = table
        let backends = backends
        let ports = tls.ports(of: configuration, challenges: challenges)
        let streams = StreamPlan(configuration, proxyProtocolPeers: settings.proxyProtocolPeers)
        let services = workers.map { StreamServices(streams, served: ports, metrics: $0.streamMetrics) }
        await performOnAll { index, worker in
            worker.install(
                table: table, backends: backends, services: services[index], listeners: plans[index])
        }
        // Nobody waits for this: it takes longer than all the rest when there are many routes.
        Task { if !before.hasSameTargets(as: table) { await self.forgetSeries() } }
        return failures
    }

    /// Drops the time series of what is no longer served.
    private func forgetSeries() async {
        let targets = Set(table.targets)
        await performOnAll { _, worker in worker.metrics.retain(targets) }
    }

    /// What of the configuration that was installed last could not be loaded.
    package var tlsProblems: [TLSProblem] { tls.problems }

    /// What is served: the configuration that was installed last, and its table.
    package var served: (configuration: RoutingConfiguration, table: RoutingTable) { (configuration, table) }

    /// Tells what a name stands for now; an empty list when it cannot be resolved.
    package func setAddresses(_ addresses: [String], forName name: String) async {
        guard addressesByName[name] != addresses else { return }
        addressesByName[name] = addresses
        let resolved = configuration.backends.map(resolve)
        guard resolved != backends else { return }
        backends = resolved
        await installBackends()
    }

    /// The names that backends of the current configuration use.
    package var namesInUse: Set<String> {
        var names = Set<String>()
        for backend in configuration.backends {
            for endpoint in backend.endpoints {
                if case .name(let name) = endpoint.host { names.insert(name) }
            }
        }
        return names
    }

    private func installBackends() async {
        let backends = backends
        await performOnAll { _, worker in worker.install(backends: backends) }
    }

    /// Runs `body` on every worker and returns when all are through. All loops have the task before this actor does
    /// anything else: `install` and `setAddresses` interleave, and a loop must not see the later of them first. (Backends
    /// are known by index: those of one configuration under the table of another would be the wrong ones.)
    private func performOnAll(_ body: @escaping @Sendable (Int, Worker) -> Void) async {
        await withCheckedContinuation { continuation in
            let latch = Latch(count: workers.count, continuation: continuation)
            for (index, worker) in workers.enumerated() {
                worker.execute { worker in
                    body(index, worker)
                    latch.arrive()
                }
            }
        }
    }

    private func resolve(_ backend: BackendConfiguration) -> ResolvedBackend {
        var resolved = ResolvedBackend(
            id: backend.id, retryBudget: backend.retryBudget,
            policy: ConnectionPolicy(protocol: backend.protocol, tls: securities.security(of: backend.id)), ready: [],
            terminating: [], proxyProtocol: backend.proxyProtocol,
            streamSecurity: streamSecurities.security(of: backend.id))
        for endpoint in backend.endpoints {
            let texts: [String] =
                switch endpoint.host {
                case .address(let text): [text]
                case .name(let name): addressesByName[name] ?? []
                }
            let addresses = texts.compactMap { SocketAddress($0, port: endpoint.port) }
            switch endpoint.condition {
            case .ready: resolved.ready += addresses
            case .servingTerminating: resolved.terminating += addresses
            }
        }
        return resolved
    }

    // MARK: Listening sockets

    /// One plan a worker. Opens sockets for addresses that are new.
    private func planListeners() -> (plans: [[ListenerPlan]], failures: [PortFailure]) {
        var plans = [[ListenerPlan]](repeating: [], count: workers.count)
        var failures: [PortFailure] = []
        var wanted: Set<ListenAddress> = []
        for (index, port) in configuration.ports.enumerated() {
            let host = port.address ?? settings.bindAddress
            let number = Int(port.port) + settings.portOffset
            do throws(SystemError) {
                guard let bindPort = UInt16(exactly: number), let socket = SocketAddress(host, port: bindPort) else {
                    throw SystemError(call: "bind", errno: EINVAL)
                }
                let address = ListenAddress(socket: socket, isDatagram: port.datagrams != nil)
                let descriptors = try openSockets(address)
                wanted.insert(address)
                for worker in workers.indices {
                    plans[worker].append(
                        ListenerPlan(
                            descriptor: descriptors.isEmpty ? nil : descriptors[worker], address: address,
                            specPort: port.port, portIndex: index))
                }
            } catch {
                failures.append(
                    PortFailure(
                        address: host, specAddress: port.address, port: number, specPort: port.port,
                        isDatagram: port.datagrams != nil, errno: error.errno,
                        reason: error.description))
            }
        }
        openAddresses = wanted
        return (plans, failures)
    }

    /// A socket for every worker; none when the address is open already.
    private func openSockets(_ address: ListenAddress) throws(SystemError) -> [Int32] {
        if openAddresses.contains(address) { return [] }
        try address.probe()
        var descriptors: [Int32] = []
        do {
            for _ in workers { descriptors.append(try address.open()) }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        return descriptors
    }

    // MARK: Telemetry, and the end

    /// The sum of all workers' counters at this moment.
    package func snapshot() async -> LoopSnapshot {
        var sum = LoopSnapshot()
        for worker in workers { sum.add(await worker.perform { $0.snapshot() }) }
        return sum
    }

    /// Stops accepting, lets requests in flight finish, and closes what is left after `timeout`. Returns whether
    /// everything had finished by then.
    package func drain(timeout: Duration) async -> Bool {
        isDraining = true
        let workers = workers
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { drains in
                    for worker in workers { drains.addTask { await worker.drain() } }
                }
                return true
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            let finished = await group.next() ?? true
            if !finished {
                for worker in workers { await worker.perform { $0.closeAll() } }
            }
            group.cancelAll()
            return finished
        }
    }
}
