import ArgumentParser
import Console
import Controller
import GatewayAPI
import HTTP1
import Logging
import Proxy
import Reconciler
import Routing

/// `weir run`: serves manifests without a cluster.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the Gateways and routes of manifest files.",
        discussion: """
            Files are watched: a change is live within 100 ms and costs no request. An object that becomes invalid keeps
            its last good version and is reported with its place.

            SIGTERM or SIGINT: stop accepting, finish what is in flight, exit 0. A second signal ends at once.
            """)

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifest file or directory (read recursively: .yaml, .yml, .json); - is standard input. Repeatable.",
            valueName: "path"))
    var files: [String]

    @Flag(
        help:
            "Serve every Service that has no EndpointSlice by a built-in backend that answers with the request as JSON."
    )
    var echo = false

    @Option(
        help: ArgumentHelp(
            "Point a Service port at something real. Repeatable.", valueName: "ns/service:port=host:port"))
    var backend: [BackendOption] = []

    @Option(help: "Claim GatewayClasses of this controllerName too, for a trial. Repeatable.")
    var controllerName: [String] = []

    @Option(help: ArgumentHelp("Add N to every listener port before binding it (80 becomes 80+N).", valueName: "n"))
    var portOffset = 0

    @Option(help: "IP address to listen on; :: takes IPv4 and IPv6.")
    var bind = Self.defaultBind

    @Option(
        help: ArgumentHelp(
            "Give every Gateway an address of its own from these. Repeatable: IPv4 and IPv6.",
            discussion: """
                Listeners of Gateways are bound to the Gateway's address instead of --bind, so ports of different \
                Gateways do not clash. For a trial on one machine: 127.10.0.0/24.
                """, valueName: "cidr"))
    var addressPool: [AddressRange] = []

    @Option(help: "Event loops, one thread each. [default: the cores this process may use]")
    var workers: Int?

    @Option(help: "Where /metrics, /healthz, /readyz, /status and /explain are served; port 0 takes a free one.")
    var admin = AdminAddress.standard

    @Option(help: "How long requests in flight may take to finish after SIGTERM.")
    var drainTimeout = GatewayDuration(milliseconds: 30_000)

    @Option(help: "How long a client may take for a request head.")
    var headerTimeout = GatewayDuration(milliseconds: 10_000)

    @Option(help: "How long a client's connection may rest between requests.")
    var idleTimeout = GatewayDuration(milliseconds: 60_000)

    @Option(help: "How long a connection to a backend may take to open.")
    var connectTimeout = GatewayDuration(milliseconds: 5_000)

    @Option(help: "How long an unused connection to a backend is kept.")
    var upstreamIdleTimeout = GatewayDuration(milliseconds: 30_000)

    @Option(help: "How long a connection of a TCPRoute or TLSRoute may rest in both directions. [default: for ever]")
    var streamIdleTimeout: GatewayDuration?

    @Option(help: "How long connections of TCPRoutes and TLSRoutes live on when their endpoint leaves the Service.")
    var endpointDrainTimeout = GatewayDuration(milliseconds: 60_000)

    @Option(help: "How long a UDP flow is remembered without a datagram in either direction.")
    var udpIdleTimeout = GatewayDuration(milliseconds: 60_000)

    @Option(
        name: .customLong("max-udp-flows"),
        help: ArgumentHelp("Most UDP flows per event loop; further ones replace the idlest.", valueName: "n"))
    var maxUDPFlows = 16_384

    @Option(
        help: ArgumentHelp(
            "Take the PROXY protocol, version 1 or 2, from peers in these networks, on every TCP port.",
            discussion: """
                They must send it; everybody else is a plain client. Name load balancers only: whoever is trusted can claim \
                to be any client.
                """, valueName: "cidr[,cidr]"))
    var proxyProtocolFrom = NetworkList()

    @Option(help: ArgumentHelp("Longest request line (414 beyond it).", valueName: "bytes"))
    var maxRequestLine = 16 * 1024

    @Option(help: ArgumentHelp("Longest header section (431 beyond it).", valueName: "bytes"))
    var maxHeaderSection = 64 * 1024

    @Option(help: ArgumentHelp("Most header fields of a request, 1 to 128 (431 beyond it).", valueName: "n"))
    var maxHeaderFields = 128

    @Option(help: "DNS server for ExternalName Services. [default: those of /etc/resolv.conf]")
    var dnsServer: DNSServer?

    @Option(help: ArgumentHelp("Most Prometheus time series of requests per event loop.", valueName: "n"))
    var metricSeriesLimit = 50_000

    @Option(
        help: ArgumentHelp(
            "Keep issued certificates, their keys and ACME accounts here, to have them after a restart.",
            valueName: "dir"))
    var state: String?

    @Flag(
        name: .customLong("local-ca"),
        help: "Give every TLS listener without a certificate one from a private CA of this machine, for trials.")
    var localCA = false

    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("--log-level takes trace, debug, info, notice, warning, error or critical.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    init() {}

    func validate() throws {
        if files.isEmpty { throw ValidationError("Name at least one manifest file or directory with -f PATH.") }
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers takes 1 to 1024.") }
        if !(-65_535...65_535).contains(portOffset) { throw ValidationError("--port-offset takes -65535 to 65535.") }
        if !(1...1_000_000).contains(maxUDPFlows) { throw ValidationError("--max-udp-flows takes 1 to 1000000.") }
        if udpIdleTimeout.duration < .seconds(1) { throw ValidationError("--udp-idle-timeout takes 1s or more.") }
        if !(1...128).contains(maxHeaderFields) { throw ValidationError("--max-header-fields takes 1 to 128.") }
        if !(256...65_536).contains(maxRequestLine) { throw ValidationError("--max-request-line takes 256 to 65536.") }
        if !(1024...1_048_576).contains(maxHeaderSection) {
            throw ValidationError("--max-header-section takes 1024 to 1048576.")
        }
    }

    func run() async throws {
        try await StandaloneProcess(self).run()
    }

    var proxySettings: ProxySettings {
        var settings = ProxySettings()
        settings.bindAddress = bind
        settings.portOffset = portOffset
        settings.workers = workers ?? AvailableCores.count
        settings.headLimits = HeadLimits(
            requestLineBytes: maxRequestLine, headerSectionBytes: maxHeaderSection, fieldCount: maxHeaderFields)
        settings.headerTimeout = headerTimeout.duration
        settings.idleTimeout = idleTimeout.duration
        settings.connectTimeout = connectTimeout.duration
        settings.upstreamIdleTimeout = upstreamIdleTimeout.duration
        settings.metricSeriesLimit = metricSeriesLimit
        settings.streamIdleTimeout = streamIdleTimeout?.duration
        settings.endpointDrainTimeout = endpointDrainTimeout.duration
        settings.flowIdleTimeout = udpIdleTimeout.duration
        settings.maximumFlows = maxUDPFlows
        settings.proxyProtocolPeers = proxyProtocolFrom.networks
        return settings
    }

    static let defaultBind = "0.0.0.0"

    var reconcilerSettings: ReconcilerSettings {
        Self.reconcilerSettings(
            controllerNames: controllerName, bind: bind, addressPool: addressPool, backends: backend)
    }

    /// What a standalone run reconciles with; also for commands that say what a run would do.
    static func reconcilerSettings(
        controllerNames: [String], bind: String, addressPool: [AddressRange], backends: [BackendOption]
    ) -> ReconcilerSettings {
        var overrides: [BackendID: [Endpoint]] = [:]
        for option in backends {
            var backend = option.backend
            for transport in [BackendID.Transport.stream, .datagram] {
                backend.transport = transport
                overrides[backend, default: []].append(option.endpoint)
            }
        }
        return ReconcilerSettings(
            additionalControllerNames: Set(controllerNames), standalone: true, externalNameServices: .allowed,
            addresses: [
                GatewayStatusAddress(type: .ipAddress, value: ["0.0.0.0", "::"].contains(bind) ? "127.0.0.1" : bind)
            ],
            addressPool: addressPool.isEmpty ? nil : AddressPool(addressPool), backendOverrides: overrides)
    }
}
