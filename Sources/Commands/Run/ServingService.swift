import Controller
import Glibc
import Logging
import Manifests
import Proxy
import Reconciler
import Routing
import ServiceLifecycle
import UnixSignals

/// Applies the manifests and every change of them; drains the data plane at the end.
struct ServingService: Service {
    let controller: StandaloneController
    let source: ManifestSource
    let proxy: ProxyServer
    let drainTimeout: Duration
    let screen: FirstScreen
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            let memory = MemoryRelease()
            try await controller.run(source) { report in
                memory.configurationChanged()
                guard report.generation == 1 else { return }
                if report.outcome.configuration.ports.isEmpty, !report.portFailures.isEmpty {
                    throw StartupError.noPort(report.portFailures)
                }
                screen.isServing(report)
            }
        }
        await drain()
    }

    private func drain() async {
        logger.info("draining", metadata: ["timeout": "\(drainTimeout)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    logger.warning("second signal: ending at once")
                    _exit(128 + signal.rawValue)
                }
            }
            let finished = await proxy.drain(timeout: drainTimeout)
            logger.info(finished ? "drained" : "drain timeout: connections closed")
            group.cancelAll()
        }
    }
}
