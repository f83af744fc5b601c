import CLinux
import Console
import Controller
import GatewayAPI
import Glibc
import Issuance
import KubernetesTypes
import Proxy
import Reconciler
import Routing
import Synchronization

/// What an operator sees first: what is served, where, and what is wrong. Printed once, when the data plane serves and
/// the admin server listens.
final class FirstScreen: Sendable {
    private struct State {
        var admin: AdminAddress?
        var report: ServingReport?
        var isPrinted = false
    }

    private let state = Mutex(State())
    private let bind: String
    private let portOffset: Int
    private let workers: Int
    private let localCAPath: String?

    /// - Parameter localCAPath: the certificate of the CA of `--local-ca`.
    init(options: Run, localCAPath: String? = nil) {
        self.localCAPath = localCAPath
        bind = options.bind
        portOffset = options.portOffset
        workers = options.proxySettings.workers
    }

    func adminIsBound(_ address: AdminAddress) {
        state.withLock { $0.admin = address }
        printWhenComplete()
    }

    func isServing(_ report: ServingReport) {
        state.withLock { $0.report = report }
        printWhenComplete()
    }

    private func printWhenComplete() {
        let ready: (AdminAddress, ServingReport)? = state.withLock { state in
            guard !state.isPrinted, let admin = state.admin, let report = state.report else { return nil }
            state.isPrinted = true
            return (admin, report)
        }
        guard let (admin, report) = ready else { return }
        var text = render(report, admin: admin)
        text.withUTF8 { bytes in _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
        // Start-up is over; two thirds of the resident memory were its program text (docs/configuration.md, "Memory").
        weir_release_unused_memory()
    }

    func render(_ report: ServingReport, admin: AdminAddress) -> String {
        var table = TextTable(["GATEWAY", "LISTENER", "ADDRESS", "HOSTNAME", "ROUTES", "STATE"])
        for gateway in report.outcome.summary.gateways {
            for listener in gateway.listeners {
                let set = listener.listenerSet.map { "\($0) " } ?? ""
                table.append([
                    "\(gateway.name)", "\(set)\(listener.name)",
                    listener.isServed ? sockets(of: gateway, listener) : "-",
                    "\(listener.hostname)", "\(listener.attachedRoutes)",
                    listener.isServed ? (listener.problems.isEmpty ? "serving" : "serving, see below") : "not served",
                ])
            }
        }
        var text = "weir \(Weir.version), \(workers) \(workers == 1 ? "worker" : "workers"), admin http://\(admin)\n\n"
        text += table.isEmpty ? "No Gateway to serve.\n" : table.rendered
        text += Self.certificates(report)
        if let localCAPath { text += Self.trust(localCAPath) }
        let problems = self.problems(report)
        text += problems.isEmpty ? "\nNo problems.\n" : "\nProblems:\n"
        for problem in problems { text += "  \(problem)\n" }
        return text
    }

    /// What is issued here; nothing where nothing is.
    private static func certificates(_ report: ServingReport) -> String {
        guard let certificates = report.certificates?.certificates, !certificates.isEmpty else { return "" }
        var table = TextTable(["CERTIFICATE", "NAMES", "ISSUER", "STATE"])
        for certificate in certificates {
            let names = certificate.names.prefix(3).joined(separator: ",") + (certificate.names.count > 3 ? ",…" : "")
            table.append([
                "\(certificate.key.namespace)/\(certificate.key.name)", names, "\(certificate.issuer)",
                state(of: certificate),
            ])
        }
        return "\n" + table.rendered
    }

    /// How clients come to trust the local CA.
    private static func trust(_ path: String) -> String {
        """

        The local CA \(path) signs what nobody else issues. To trust it:
          curl      curl --cacert \(path) https://localhost/
          Debian    sudo cp \(path) /usr/local/share/ca-certificates/weir-local-ca.crt && sudo update-ca-certificates
          browsers  import the file in the certificate settings, as an authority for websites

        """
    }

    /// In a few words: the reasons of failures are among the problems.
    private static func state(of certificate: CertificateStatus) -> String {
        let end = certificate.notAfter.map { "until \($0)" } ?? "not issued"
        guard let issuing = certificate.issuing else {
            guard certificate.ready?.status == .true, let renewal = certificate.renewalTime else {
                return certificate.ready?.status == .true ? "in the manifests" : end
            }
            return "\(end), renewed \(renewal)"
        }
        if issuing.status == .true { return certificate.notAfter == nil ? "being issued" : "\(end), being renewed" }
        return "\(end), see below"
    }

    /// Where a listener of the Gateway is bound.
    private func sockets(of gateway: GatewaySummary, _ listener: ListenerSummary) -> String {
        gateway.addresses.map { address in
            let host = address ?? bind
            let transport = listener.protocol == .udp ? "/udp" : ""
            return "\(host.contains(":") ? "[\(host)]" : host):\(Int(listener.port) + portOffset)\(transport)"
        }.joined(separator: ", ")
    }

    /// Every problem with its place, first those of ports with what to do about them.
    private func problems(_ report: ServingReport) -> [String] {
        report.portFailures.map { failure in
            "\(failure.address) port \(failure.port): \(failure.reason)\(Self.advice(failure))"
        } + report.problems
    }

    /// How to go on after a port could not be opened.
    static func advice(_ failure: ProxyServer.PortFailure) -> String {
        switch failure.errno {
        case EACCES, EPERM:
            ". Ports below 1024 need a right: add --port-offset 8000 to use \(Int(failure.specPort) + 8000) instead, "
                + "or grant it with: sudo setcap cap_net_bind_service=+ep $(command -v weir)"
        case EADDRINUSE:
            ". Another process has the port: stop it, or move all ports with --port-offset N or the address with --bind."
        case EADDRNOTAVAIL where failure.specAddress != nil:
            ". Give this machine the address, or name another --address-pool."
        case EADDRNOTAVAIL: ". Name an address of this machine with --bind."
        default: ""
        }
    }
}
