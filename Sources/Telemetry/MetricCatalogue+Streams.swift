extension MetricCatalogue {
    /// Connections of TCP and TLS listeners and flows of UDP listeners, by listener and route.
    func renderStreams(_ streams: [StreamLabels: StreamSeries.Counters], to page: inout PrometheusText) {
        let all = streams.sorted { Self.sortKey($0.key) < Self.sortKey($1.key) }
        let connections = all.filter { $0.key.protocol != "UDP" }
        let flows = all.filter { $0.key.protocol == "UDP" }
        renderConnections(connections, to: &page)
        renderFlows(flows, to: &page)
    }

    private typealias Rows = [(key: StreamLabels, value: StreamSeries.Counters)]
    private typealias Family = (String, PrometheusText.Kind, String, (StreamSeries.Counters) -> UInt64)

    private func renderConnections(_ rows: Rows, to page: inout PrometheusText) {
        let families: [Family] = [
            ("weir_stream_connections_total", .counter, "Connections of TCP and TLS listeners by route.", \.opened),
            ("weir_stream_connections", .gauge, "Connections of TCP and TLS listeners open now.", \.active),
            ("weir_stream_received_bytes_total", .counter, "Bytes from clients to backends.", \.bytesReceived),
            ("weir_stream_sent_bytes_total", .counter, "Bytes from backends to clients.", \.bytesSent),
        ]
        render(families, rows, to: &page)
        renderRefusals(
            "weir_stream_refused_total", "Connections of TCP and TLS listeners closed before they reached a backend.",
            rows, to: &page)
    }

    private func renderFlows(_ rows: Rows, to page: inout PrometheusText) {
        let families: [Family] = [
            ("weir_udp_flows_total", .counter, "Flows (client address and port) of UDP listeners.", \.opened),
            ("weir_udp_flows", .gauge, "Flows of UDP listeners that have not expired.", \.active),
            ("weir_udp_received_bytes_total", .counter, "Bytes from clients to backends.", \.bytesReceived),
            ("weir_udp_sent_bytes_total", .counter, "Bytes from backends to clients.", \.bytesSent),
            (
                "weir_udp_received_datagrams_total", .counter, "Datagrams from clients to backends.",
                \.datagramsReceived
            ),
            ("weir_udp_sent_datagrams_total", .counter, "Datagrams from backends to clients.", \.datagramsSent),
            ("weir_udp_dropped_datagrams_total", .counter, "Datagrams that nobody had room for.", \.datagramsDropped),
            (
                "weir_udp_suppressed_replies_total", .counter, "Replies beyond what a client gets unasked.",
                \.repliesSuppressed
            ),
            ("weir_udp_flows_evicted_total", .counter, "Flows that made room for newer ones.", \.evicted),
        ]
        render(families, rows, to: &page)
        renderRefusals("weir_udp_refused_total", "Datagrams dropped for want of a backend.", rows, to: &page)
    }

    private func render(_ families: [Family], _ rows: Rows, to page: inout PrometheusText) {
        for (name, kind, help, value) in families {
            page.family(name, kind, help: help)
            for row in rows { page.sample(name, Self.labels(row.key), value(row.value)) }
        }
    }

    private func renderRefusals(_ name: String, _ help: String, _ rows: Rows, to page: inout PrometheusText) {
        page.family(name, .counter, help: help)
        for row in rows {
            for reason in StreamRefusal.allCases where row.value.refused[reason.rawValue] > 0 {
                page.sample(
                    name, Self.labels(row.key) + [("reason", reason.label)], row.value.refused[reason.rawValue])
            }
        }
    }

    private static func labels(_ labels: StreamLabels) -> [(String, String)] {
        [
            ("protocol", labels.protocol), ("gateway", labels.gateway), ("listener", labels.listener),
            ("route", labels.route),
        ]
    }

    private static func sortKey(_ labels: StreamLabels) -> (String, String, String, String) {
        (labels.protocol, labels.gateway, labels.listener, labels.route)
    }
}
