import HTTPSemantics
import Routing
import Testing

@testable import Telemetry

@Suite struct RequestMetricsTests {
    private func target(_ route: String) -> TargetInfo {
        TargetInfo(port: 80, gateway: "infra/web", listener: "http", hostname: "*.example.com", route: route, rule: "0")
    }

    private func page(_ loops: [RequestMetrics]) -> String {
        var sum = LoopSnapshot()
        for loop in loops { sum.add(LoopSnapshot(requests: loop.snapshot(), counters: LoopCounters())) }
        return MetricCatalogue(version: "test", configuration: .init()).render(sum)
    }

    @Test func `requests of several loops are added up`() {
        let loops = [RequestMetrics(seriesLimit: 1000), RequestMetrics(seriesLimit: 1000)]
        for loop in loops {
            loop.series(for: target("shop/a")).record(method: .get, status: 200, duration: 1_000_000)
        }
        loops[0].series(for: target("shop/a")).record(method: .post, status: 503, duration: 7_000_000)
        let text = page(loops)
        let labels = #"gateway="infra/web",listener="http",route="shop/a",rule="0",hostname="*.example.com""#
        #expect(text.contains(#"gateway_http_requests_total{\#(labels),method="GET",response_code="200"} 2"#))
        #expect(text.contains(#"gateway_http_requests_total{\#(labels),method="POST",response_code="503"} 1"#))
        #expect(text.contains(#"gateway_http_request_duration_seconds_bucket{\#(labels),le="0.005"} 2"#))
        #expect(text.contains(#"gateway_http_request_duration_seconds_bucket{\#(labels),le="0.01"} 3"#))
        #expect(text.contains(#"gateway_http_request_duration_seconds_bucket{\#(labels),le="+Inf"} 3"#))
        #expect(text.contains("gateway_http_request_duration_seconds_sum{\(labels)} 0.009000000"))
        #expect(text.contains("gateway_http_request_duration_seconds_count{\(labels)} 3"))
    }

    @Test func `a bound belongs to its bucket and what is above the last one counts in infinity only`() {
        let series = RequestSeries()
        series.record(method: .get, status: 200, duration: 5_000_000)
        series.record(method: .get, status: 200, duration: 5_000_001)
        series.record(method: .get, status: 200, duration: 60_000_000_000)
        let buckets = series.snapshot().buckets
        #expect(buckets[0] == 1)
        #expect(buckets[1] == 1)
        #expect(buckets.last == 1)
    }

    @Test func `series leave with their route`() {
        let metrics = RequestMetrics(seriesLimit: 1000)
        metrics.series(for: target("shop/a")).record(method: .get, status: 200, duration: 1)
        metrics.series(for: target("shop/b")).record(method: .get, status: 200, duration: 1)
        metrics.retain([target("shop/b")])
        let text = page([metrics])
        #expect(!text.contains("shop/a"))
        #expect(text.contains("shop/b"))
    }

    @Test func `targets beyond the limit are counted together`() {
        let metrics = RequestMetrics(seriesLimit: 36)
        for name in ["shop/a", "shop/b", "shop/c", "shop/d"] {
            metrics.series(for: target(name)).record(method: .get, status: 200, duration: 1)
        }
        let text = page([metrics])
        #expect(text.contains("shop/b") && !text.contains("shop/c"))
        #expect(
            text.contains(
                #"route="_overflow",rule="_overflow",hostname="_overflow",method="GET",response_code="200"} 2"#))
    }

    @Test func `a backend that invents codes does not multiply series`() {
        let series = RequestSeries()
        for status in UInt16(200)..<500 { series.record(method: .get, status: status, duration: 1) }
        let codes = series.snapshot().codes
        #expect(codes.count == RequestSeries.maximumCodes + 1)
        #expect(codes.reduce(0) { $0 + $1.count } == 300)
    }

    @Test func `label values are escaped`() {
        var page = PrometheusText()
        page.sample("m", [("l", "a\"b\\c\nd")], UInt64(1))
        #expect(page.text == "m{l=\"a\\\"b\\\\c\\nd\"} 1\n")
    }
}

extension RequestMetricsTests {
    @Test func `calls are counted by their status, where there are any`() {
        let loops = [RequestMetrics(seriesLimit: 1000), RequestMetrics(seriesLimit: 1000)]
        loops[0].series(for: target("shop/web")).record(method: .get, status: 200, duration: 1)
        #expect(!page(loops).contains("grpc"))
        for (loop, status) in [(0, 0), (1, 0), (1, 14), (1, 99)] as [(Int, UInt8)] {
            let series = loops[loop].series(for: target("shop/calls"))
            series.record(method: .post, status: 200, duration: 1)
            series.recordGRPC(status: status)
        }
        let text = page(loops)
        let labels = #"gateway="infra/web",listener="http",route="shop/calls",rule="0",hostname="*.example.com""#
        #expect(text.contains(#"gateway_grpc_requests_total{\#(labels),grpc_status="0"} 2"#))
        #expect(text.contains(#"gateway_grpc_requests_total{\#(labels),grpc_status="14"} 1"#))
        #expect(text.contains(#"gateway_grpc_requests_total{\#(labels),grpc_status="_OTHER"} 1"#))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("gateway_grpc_requests_total{") }.count == 3)
    }
}
