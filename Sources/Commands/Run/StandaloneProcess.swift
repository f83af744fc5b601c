import ArgumentParser
import Console
import Controller
import Echo
import GatewayAPI
import Glibc
import Issuance
import KubernetesTypes
import Logging
import Manifests
import NIOPosix
import Proxy
import Reconciler
import Routing
import ServiceLifecycle
import Telemetry
import UnixSignals

/// Everything that `weir run` consists of, wired once.
struct StandaloneProcess {
    private let options: Run
    private let logger: Logger

    init(_ options: Run) {
        self.options = options
        var logger = Logger(label: "weir") { StandardErrorLog(label: $0) }
        logger.logLevel = options.logLevel
        self.logger = logger
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let proxy: ProxyServer
        do {
            proxy = try ProxyServer(settings: options.proxySettings)
        } catch {
            logger.critical("the event loops cannot start: \(error)")
            throw ExitCode.failure
        }
        let certificates = try CertificateSetup(options, group: group, proxy: proxy, logger: logger)
        let echo = options.echo ? EchoServer(group: group) : nil
        let controller = StandaloneController(
            settings: options.reconcilerSettings, proxy: proxy, echo: echo, dnsServer: options.dnsServer,
            certificates: certificates.engine, challengeResponder: certificates.responder,
            localAuthority: certificates.localAuthority?.secret, logger: logger)
        let source = ManifestSource(paths: options.files)
        let screen = FirstScreen(options: options, localCAPath: certificates.localAuthority?.path)
        let admin = AdminServer(
            address: options.admin, group: group, sources: adminSources(controller, proxy), logger: logger,
            onBound: { screen.adminIsBound($0) })
        let serving = ServingService(
            controller: controller, source: source, proxy: proxy, drainTimeout: options.drainTimeout.duration,
            screen: screen, logger: logger)
        // Shut down in reverse order: the admin server answers while the data plane drains.
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: admin, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: serving, successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in
                    SwiftLogNoOpLogHandler()
                }))
        do {
            try await services.run()
        } catch let error as AdminError {
            logger.critical("\(error)")
            throw ExitCode.failure
        } catch let error as StartupError {
            logger.critical("\(error)")
            throw ExitCode.failure
        }
        await echo?.shutdown()
    }

    /// Every connection takes a descriptor: use what the hard limit allows.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private func adminSources(_ controller: StandaloneController, _ proxy: ProxyServer) -> AdminSources {
        let portOffset = options.portOffset
        return AdminSources(
            metrics: {
                let report = await controller.report
                var configuration = MetricCatalogue.ConfigurationMetrics()
                configuration.generation = report?.generation ?? 0
                configuration.reloadsWithErrors = report?.failedReloads ?? 0
                configuration.gateways = report?.outcome.summary.gateways.count ?? 0
                configuration.routes = report?.outcome.configuration.routeCount ?? 0
                configuration.certificates =
                    await controller.certificateReport()?.certificates.map(MetricCatalogue.CertificateMetrics.init)
                    ?? []
                let catalogue = MetricCatalogue(version: Weir.version, configuration: configuration)
                return Array(catalogue.render(await proxy.snapshot()).utf8)
            },
            readiness: {
                if await proxy.isDraining { return .notReady(reason: "draining") }
                guard let report = await controller.report else { return .notReady(reason: "no configuration yet") }
                if report.outcome.configuration.ports.isEmpty {
                    return .notReady(
                        reason: "no listener is served: \(report.problems.first ?? "the manifests have none")")
                }
                return .ready
            },
            status: {
                guard let report = await controller.report else { return Array("{}\n".utf8) }
                var (statuses, problems) = (report.statuses, report.problems)
                if let certificates = await controller.certificateReport() {
                    statuses.certificates = certificates.certificates
                    statuses.issuers = certificates.issuers
                    problems += report.problems(since: certificates)
                }
                let json = try? statuses.json(
                    version: Weir.version, generation: report.generation, problems: problems)
                return json ?? Array("{}\n".utf8)
            },
            explain: { query in
                guard let report = await controller.report else { return .notReady("no configuration yet") }
                let subject = ExplainSubject(report, served: await proxy.served, portOffset: portOffset)
                return subject.answer(to: query)
            })
    }
}

extension MetricCatalogue.CertificateMetrics {
    init(_ status: CertificateStatus) {
        self.init(
            namespace: status.key.namespace, name: status.key.name,
            notAfter: status.notAfter.map { UInt64(max(0, $0.secondsSince1970)) },
            renewalTime: status.renewalTime.map { UInt64(max(0, $0.secondsSince1970)) },
            isReady: status.ready?.status == .true, failures: status.totalFailures)
    }
}

/// Why the process cannot serve at all.
enum StartupError: Error, CustomStringConvertible {
    case noPort([ProxyServer.PortFailure])

    var description: String {
        switch self {
        case .noPort(let failures):
            failures.map { failure in
                "cannot listen on \(failure.address) port \(failure.port): \(failure.reason)"
                    + FirstScreen.advice(failure)
            }.joined(separator: "\n")
        }
    }
}
