import HTTPSemantics
import Routing

/// Every metric that a proxy exposes (docs/metrics.md), in the order of the page.
package struct MetricCatalogue {
    /// The proxy's own version, label of `weir_build_info`.
    package var version: String
    package var configuration: ConfigurationMetrics

    /// What is known about the configuration being served.
    package struct ConfigurationMetrics: Sendable {
        /// Counts up with every configuration that the event loops took over; 0 before the first.
        package var generation: UInt64 = 0
        /// Reloads that left some object at its last good version.
        package var reloadsWithErrors: UInt64 = 0
        package var gateways = 0
        package var routes = 0
        /// Those that are issued here.
        package var certificates: [CertificateMetrics] = []

        package init() {}
    }

    /// What is known about one certificate.
    package struct CertificateMetrics: Sendable {
        package var namespace: String
        /// Of the Certificate.
        package var name: String
        /// Seconds since 1970; nil before the first one is there.
        package var notAfter: UInt64?
        package var renewalTime: UInt64?
        package var isReady: Bool
        /// Since the process began.
        package var failures: UInt64

        package init(
            namespace: String, name: String, notAfter: UInt64?, renewalTime: UInt64?, isReady: Bool, failures: UInt64
        ) {
            self.namespace = namespace
            self.name = name
            self.notAfter = notAfter
            self.renewalTime = renewalTime
            self.isReady = isReady
            self.failures = failures
        }
    }

    package init(version: String, configuration: ConfigurationMetrics) {
        self.version = version
        self.configuration = configuration
    }

    package func render(_ snapshot: LoopSnapshot) -> String {
        var page = PrometheusText()
        renderRequests(snapshot.requests, to: &page)
        renderCounters(snapshot.counters, to: &page)
        renderStreams(snapshot.streams, to: &page)
        page.family("weir_configuration_generation", .gauge, help: "Configurations taken over by the event loops.")
        page.sample("weir_configuration_generation", [], configuration.generation)
        page.family("weir_configuration_errors_total", .counter, help: "Reloads that kept a last good object.")
        page.sample("weir_configuration_errors_total", [], configuration.reloadsWithErrors)
        page.family("weir_gateways", .gauge, help: "Gateways served.")
        page.sample("weir_gateways", [], UInt64(configuration.gateways))
        page.family("weir_routes", .gauge, help: "Routes attached to a listener.")
        page.sample("weir_routes", [], UInt64(configuration.routes))
        page.family("weir_build_info", .gauge, help: "Always 1; the labels tell the version.")
        page.sample("weir_build_info", [("version", version)], 1)
        renderCertificates(to: &page)
        return page.text
    }

    /// Nothing where no certificates are issued.
    private func renderCertificates(to page: inout PrometheusText) {
        let certificates = configuration.certificates
        guard !certificates.isEmpty else { return }
        func family(
            _ name: String, _ kind: PrometheusText.Kind, help: String, _ value: (CertificateMetrics) -> UInt64?
        ) {
            page.family(name, kind, help: help)
            for certificate in certificates {
                guard let number = value(certificate) else { continue }
                page.sample(name, [("namespace", certificate.namespace), ("name", certificate.name)], number)
            }
        }
        family(
            "weir_certificate_expiration_timestamp_seconds", .gauge, help: "End of the certificate that is served.",
            \.notAfter)
        family(
            "weir_certificate_renewal_timestamp_seconds", .gauge, help: "When the certificate is to be renewed.",
            \.renewalTime)
        family("weir_certificate_ready", .gauge, help: "1 when the certificate is as it was asked for.") {
            $0.isReady ? 1 : 0
        }
        family(
            "weir_certificate_issuance_failures_total", .counter,
            help: "Attempts to issue the certificate that failed.",
            \.failures)
    }

    private func renderRequests(_ requests: RequestMetricsSnapshot, to page: inout PrometheusText) {
        let counter = "gateway_http_requests_total"
        let histogram = "gateway_http_request_duration_seconds"
        var all = requests.series.sorted { Self.sortKey($0.key) < Self.sortKey($1.key) }.map {
            (Self.labels($0.key), $0.value)
        }
        if let overflow = requests.overflow { all.append((Self.overflowLabels, overflow)) }

        page.family(counter, .counter, help: "Requests answered, by what matched and by response code.")
        for (labels, series) in all {
            for code in series.codes {
                let status = code.status == 0 ? "_OTHER" : String(code.status)
                page.sample(
                    counter, labels + [("method", code.method.label), ("response_code", status)], code.count)
            }
        }
        page.family(
            histogram, .histogram, help: "Time from the complete request head to the end of the response, in seconds.")
        for (labels, series) in all {
            var cumulative: UInt64 = 0
            for (bound, count) in zip(RequestSeries.bucketBounds, series.buckets) {
                cumulative += count
                page.sample(histogram + "_bucket", labels + [("le", Self.bound(bound))], cumulative)
            }
            let count = series.buckets.reduce(0, +)
            page.sample(histogram + "_bucket", labels + [("le", "+Inf")], count)
            page.sample(histogram + "_sum", labels, seconds: series.durationSum)
            page.sample(histogram + "_count", labels, count)
        }
        Self.renderGRPC(all, to: &page)
    }

    /// Nothing where no gRPC is spoken.
    private static func renderGRPC(
        _ all: [([(String, String)], RequestSeries.Snapshot)], to page: inout PrometheusText
    ) {
        guard all.contains(where: { !$0.1.grpcStatuses.isEmpty }) else { return }
        let counter = "gateway_grpc_requests_total"
        page.family(counter, .counter, help: "gRPC requests, by what matched and by the status they ended with.")
        for (labels, series) in all {
            for (status, count) in series.grpcStatuses.enumerated() where count > 0 {
                let name = status < RequestSeries.grpcStatusCount ? "\(status)" : "_OTHER"
                page.sample(counter, labels + [("grpc_status", name)], count)
            }
        }
    }

    private func renderCounters(_ counters: LoopCounters, to page: inout PrometheusText) {
        let rows: [(String, PrometheusText.Kind, String, UInt64)] = [
            ("weir_downstream_connections_total", .counter, "Connections accepted.", counters.connectionsAccepted),
            ("weir_downstream_connections", .gauge, "Connections open now.", counters.connectionsActive),
            (
                "weir_requests_refused_total", .counter, "Requests refused before routing (malformed, large, slow).",
                counters.requestsRefused
            ),
            (
                "weir_requests_aborted_total", .counter, "Requests cut off before the response was complete.",
                counters.requestsAborted
            ),
            ("weir_upstream_connects_total", .counter, "Connections opened to backends.", counters.upstreamConnects),
            (
                "weir_upstream_connect_failures_total", .counter, "Connections to backends that failed to open.",
                counters.upstreamConnectFailures
            ),
            ("weir_upstream_connections", .gauge, "Connections to backends open now.", counters.upstreamActive),
            ("weir_upstream_streams_total", .counter, "HTTP/2 streams opened to backends.", counters.upstreamStreams),
            (
                "weir_upstream_unprocessed_retries_total", .counter,
                "Requests sent again after an HTTP/2 backend said it had not processed them.",
                counters.upstreamUnprocessedRetries
            ),
            (
                "weir_upstream_tls_failures_total", .counter, "TLS handshakes with backends that failed.",
                counters.upstreamHandshakeFailures
            ),
            (
                "weir_upstream_tls_verification_failures_total", .counter,
                "TLS handshakes that failed because the backend's certificate was not what it had to be.",
                counters.upstreamVerificationFailures
            ),
            (
                "weir_upstream_stale_retries_total", .counter,
                "Requests sent again after a pooled connection proved closed.", counters.upstreamStaleRetries
            ),
            (
                "weir_request_timeouts_total", .counter, "Requests not answered within timeouts.request.",
                counters.requestsTimedOut
            ),
            (
                "weir_backend_request_timeouts_total", .counter,
                "Attempts not answered within timeouts.backendRequest.", counters.attemptsTimedOut
            ),
            ("weir_retries_total", .counter, "Attempts after the first.", counters.retries),
            (
                "weir_retries_over_budget_total", .counter, "Retries that a retry budget did not allow.",
                counters.retriesOverBudget
            ),
            (
                "weir_tls_handshakes_total", .counter, "TLS handshakes with clients that were completed.",
                counters.tlsHandshakes
            ),
            (
                "weir_tls_handshakes_resumed_total", .counter, "Completed TLS handshakes that resumed a session.",
                counters.tlsHandshakesResumed
            ),
            (
                "weir_tls_handshakes_failed_total", .counter, "TLS handshakes with clients that failed.",
                counters.tlsHandshakesFailed
            ),
            ("weir_mirrored_requests_total", .counter, "Copies of requests sent to mirrors.", counters.mirrorsSent),
            (
                "weir_mirrors_dropped_total", .counter,
                "Copies not sent or given up: mirror away, slow, or with too many open.", counters.mirrorsDropped
            ),
            (
                "weir_mirrors_failed_total", .counter, "Copies that a mirror did not answer properly.",
                counters.mirrorsFailed
            ),
            (
                "weir_authorizations_refused_total", .counter, "Requests an authorization server refused.",
                counters.authorizationsRefused
            ),
            (
                "weir_authorization_failures_total", .counter,
                "Requests not let in because the authorization server could not be asked.",
                counters.authorizationFailures
            ),
            (
                "weir_proxy_headers_refused_total", .counter,
                "Connections of trusted peers closed for their PROXY protocol header.", counters.proxyHeadersRefused
            ),
            ("weir_http2_connections", .gauge, "HTTP/2 connections of clients open now.", counters.http2Connections),
            ("weir_http2_streams_total", .counter, "Requests over HTTP/2.", counters.http2Streams),
            (
                "weir_http2_streams_reset_total", .counter, "Streams that clients reset before they were answered.",
                counters.streamsReset
            ),
            (
                "weir_http2_streams_refused_total", .counter, "Streams beyond the limit of a connection.",
                counters.streamsRefused
            ),
            (
                "weir_http2_streams_stalled_total", .counter,
                "Streams reset because the client did not take its response.", counters.streamsStalled
            ),
            (
                "weir_http2_control_floods_total", .counter,
                "Connections ended because of frames without use, or header blocks without end.",
                counters.controlFloods
            ),
            (
                "weir_http2_reset_floods_total", .counter,
                "Connections ended because of requests reset as quickly as they came.", counters.resetFloods
            ),
            (
                "weir_http2_protocol_errors_total", .counter, "Connections ended because the client broke HTTP/2.",
                counters.http2Errors
            ),
        ]
        for (name, kind, help, value) in rows {
            page.family(name, kind, help: help)
            page.sample(name, [], value)
        }
    }

    private static func labels(_ target: TargetInfo) -> [(String, String)] {
        [
            ("gateway", target.gateway), ("listener", target.listener), ("route", target.route),
            ("rule", target.rule), ("hostname", target.hostname),
        ]
    }

    private static func sortKey(_ target: TargetInfo) -> (String, String, String, String, String, UInt16) {
        (target.gateway, target.listener, target.route, target.rule, target.hostname, target.port)
    }

    private static let overflowLabels = ["gateway", "listener", "route", "rule", "hostname"].map { ($0, "_overflow") }

    /// `0.005`, `0.01` … `10`: as short as Prometheus itself writes them.
    private static func bound(_ nanoseconds: UInt64) -> String {
        var text = PrometheusText.seconds(nanoseconds)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
