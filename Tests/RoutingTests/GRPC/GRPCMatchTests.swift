import HTTPSemantics
import Routing
import Testing

@Suite struct GRPCMatchTests {
    private func call(
        _ path: String, _ headers: [(String, String)] = [], type: String = "application/grpc",
        host: String = "example.com"
    ) -> TestRequest {
        TestRequest(path, method: "POST", host: host, headers: [("content-type", type)] + headers)
    }

    private func grpcTable(_ rules: [RuleConfiguration]) -> RoutingTable {
        table([TestRoute("g", kind: .grpc, rules)])
    }

    @Test func `service and method are compared whole and with regard to case`() {
        let table = grpcTable([rule("1", [rpc("shop.Cart", "Add")])])
        #expect(table.answer(call("/shop.Cart/Add")) == "ns/g/1")
        for path in ["/shop.Cart/add", "/shop.cart/Add", "/shop.Cart/AddAll", "/shop.Cart", "/shop.Cart/Add/x", "/"] {
            #expect(table.answer(call(path)) == "no rule", "\(path)")
        }
    }

    @Test func `a missing service or method stands for every name but the empty one`() throws {
        let table = grpcTable([
            rule("service", [rpc("S", nil)]), rule("method", [rpc(nil, "M")]),
            rule("expression", [try rpcExpression("Q.*", nil)]), rule("pattern", [try rpcExpression(nil, "Z[0-9]")]),
        ])
        #expect(table.answer(call("/S/anything")) == "ns/g/service")
        #expect(table.answer(call("/other/M")) == "ns/g/method")
        #expect(table.answer(call("/Query/x")) == "ns/g/expression")
        #expect(table.answer(call("/x/Z1")) == "ns/g/pattern")
        for path in ["/S/", "/S", "//M", "/x/y", "/Query/", "/x/Z12", "//Z1"] {
            #expect(table.answer(call(path)) == "no rule", "\(path)")
        }
    }

    @Test func `a match without a method takes every RPC`() {
        let table = grpcTable([rule("all", [anyRPC()])])
        #expect(table.answer(call("/S/M")) == "ns/g/all")
        #expect(table.answer(call("/")) == "ns/g/all")
        #expect(table.answer(TestRequest("/S/M", method: "POST")) == "no rule")
    }

    @Test func `a route without rules takes nothing, and its host is a gRPC host no more than before`() {
        #expect(grpcTable([]).answer(call("/S/M")) == "no rule")
    }

    @Test func `characters in the service decide, then in the method, then the number of headers`() throws {
        let table = grpcTable([
            rule("any", [anyRPC([header("a", "1"), header("b", "1")])]),
            rule("method", [rpc(nil, "Long_method_name", [header("a", "1")])]),
            rule("service", [rpc("S", nil)]),
            rule("both", [rpc("S", "M")]),
            rule("both and header", [rpc("S", "M", [header("a", "1")])]),
            rule("long pattern", [try rpcExpression("[S]", "M", [header("b", "1")])]),
            rule("equal pattern", [try rpcExpression("S", "M", [header("a", "1"), header("b", "1")])]),
            rule("short pattern", [try rpcExpression(".", nil)]),
        ])
        let (a, b) = (("a", "1"), ("b", "1"))
        #expect(table.answer(call("/S/M")) == "ns/g/both")
        #expect(table.answer(call("/S/M", [a])) == "ns/g/both and header")
        #expect(table.answer(call("/S/M", [b])) == "ns/g/long pattern")
        #expect(table.answer(call("/S/M", [a, b])) == "ns/g/long pattern")
        #expect(table.answer(call("/S/Long_method_name", [a])) == "ns/g/service")
        #expect(table.answer(call("/T/Long_method_name", [a])) == "ns/g/short pattern")
        #expect(table.answer(call("/TT/Long_method_name", [a])) == "ns/g/method")
        #expect(table.answer(call("/TT/x", [a, b])) == "ns/g/any")
    }

    @Test func `an expression of equal length is ranked by headers, then by age`() throws {
        let table = table([
            TestRoute("old", kind: .grpc, [rule("expression", [try rpcExpression("[S]", "[M]")])]),
            TestRoute(
                "new", kind: .grpc,
                [
                    rule("exact", [rpc("SSS", "MMM")]),
                    rule("header", [try rpcExpression("S+.", "M..", [header("a", "1")])]),
                ]),
        ])
        #expect(table.answer(call("/SSS/MMM")) == "ns/new/exact")
        #expect(table.answer(call("/S/M")) == "ns/old/expression")
        #expect(table.answer(call("/SSS/MMM", [("a", "1")])) == "ns/new/header")
    }

    @Test func `the more specific hostname comes before services`() {
        let table = table([
            TestRoute("any", kind: .grpc, [rule("1", [rpc("Long.Service", "M")])]),
            TestRoute("wildcard", kind: .grpc, hostnames: [host("*.example.com")], [rule("1", [anyRPC()])]),
            TestRoute("exact", kind: .grpc, hostnames: [host("a.example.com")], [rule("1", [rpc("S", nil)])]),
        ])
        #expect(table.answer(call("/Long.Service/M", host: "b.example.com")) == "ns/wildcard/1")
        #expect(table.answer(call("/S/M", host: "a.example.com")) == "ns/exact/1")
        #expect(table.answer(call("/T/M", host: "a.example.com")) == "ns/wildcard/1")
        #expect(table.answer(call("/Long.Service/M", host: "example.org")) == "ns/any/1")
    }

    @Test func `where a GRPCRoute has the host, no HTTPRoute takes gRPC requests`() {
        let table = table([
            TestRoute("http", [rule("1")]),
            TestRoute("g", kind: .grpc, hostnames: [host("*.example.com")], [rule("1", [rpc("S", "M")])]),
            TestRoute("web", hostnames: [host("a.example.com")], [rule("1")]),
        ])
        #expect(table.answer(call("/S/M", host: "a.example.com")) == "ns/g/1")
        #expect(table.answer(call("/S/N", host: "a.example.com")) == "no rule")
        #expect(table.answer(TestRequest("/S/M", host: "a.example.com")) == "ns/web/1")
        #expect(table.answer(TestRequest("/S/M", host: "b.example.com")) == "ns/http/1")
        // Where there is none, gRPC is HTTP.
        #expect(table.answer(call("/S/N", host: "example.org")) == "ns/http/1")
    }

    @Test func `metadata is compared like header fields`() throws {
        let metadata = HeaderMatch(
            name: "Version", value: .regularExpression(try RegularExpression("[12]")))
        let table = grpcTable([rule("1", [rpc("S", nil, [metadata, header("color", "blue")])])])
        #expect(table.answer(call("/S/M", [("version", "2"), ("Color", "blue")])) == "ns/g/1")
        #expect(table.answer(call("/S/M", [("version", "3"), ("color", "blue")])) == "no rule")
        #expect(table.answer(call("/S/M", [("version", "1")])) == "no rule")
    }

    @Test(
        arguments: [
            ("application/grpc", RPCProtocol.grpc), ("application/grpc+proto", .grpc), ("Application/gRPC;x=1", .grpc),
            ("application/grpc-web", .web), ("application/grpc-web+proto", .web),
            ("application/grpc-web-text", .webText), ("application/grpc-web-text+proto", .webText),
            ("application/grpcx", .none), ("application/grpc-", .none), ("application/grpc-webx", .none),
            ("application/grp", .none), ("application/json", .none), ("", .none),
        ])
    func `the content type tells which protocol it is`(_ type: String, _ expected: RPCProtocol) {
        #expect(withBytes(type) { RPCProtocol(contentType: $0) } == expected)
        let outcome = grpcTable([rule("1", [anyRPC()])]).match(call("/S/M", type: type))
        #expect(outcome.rpc == expected)
        #expect((outcome.rule != nil) == (expected != .none))
    }

    @Test func `the outcome says gRPC-Web only where a GRPCRoute decides`() {
        let table = table([
            TestRoute("http", [rule("1")]),
            TestRoute("g", kind: .grpc, hostnames: [host("g.com")], [rule("1", [anyRPC()])]),
        ])
        #expect(table.match(call("/S/M", type: "application/grpc-web", host: "g.com")).rpc == .web)
        #expect(table.match(call("/S/M", type: "application/grpc-web")).rpc == .none)
        #expect(table.match(call("/S/M")).rpc == .grpc)
        // Without any GRPCRoute on the port nobody looks.
        #expect(RoutingTests.table([rule("1")]).match(call("/S/M")).rpc == .none)
    }

    @Test func `a match of the other kind of route takes nothing`() {
        let table = table([
            TestRoute("http", [rule("1", [anyRPC()])]), TestRoute("g", kind: .grpc, [rule("1", [RequestMatch()])]),
        ])
        #expect(table.answer(call("/S/M")) == "no rule")
        #expect(table.answer(TestRequest("/S/M")) == "no rule")
    }

    @Test func `an expression is refused for either part, and cannot leave its group`() {
        #expect(throws: RegularExpressionError.self) { try RPCExpression(service: "a)|(b", method: nil) }
        #expect(throws: RegularExpressionError.self) { try RPCExpression(service: nil, method: "[") }
        let table = try? grpcTable([rule("1", [rpcExpression("a|b", "c|d")])])
        for path in ["/a/c", "/b/c", "/a/d"] { #expect(table?.answer(call(path)) == "ns/g/1") }
        for path in ["/a", "/d", "/a/cd"] { #expect(table?.answer(call(path)) == "no rule") }
    }
}

extension GRPCMatchTests {
    private func preflight(_ table: RoutingTable, _ headers: String) -> MatchOutcome? {
        let request = TestRequest(
            "/S/M", method: "OPTIONS",
            headers: [
                ("origin", "https://a.com"), ("access-control-request-method", "POST"),
                ("access-control-request-headers", headers),
            ])
        return request.withView { view in
            CORSPreflight(view).map { table.matcher.match(port: 0, preflight: $0, request: view) }
        }
    }

    @Test func `a preflight that announces gRPC-Web is for the rule of the call, if that has a policy`() {
        var open = rule("open", [rpc("S", "M")])
        open.filters.cors = CORSPolicy(allowOrigins: [.any])
        let table = table([TestRoute("g", kind: .grpc, [open]), TestRoute("http", [rule("1")])])
        for headers in ["x-grpc-web", "content-type,X-Grpc-Web", "a, x-grpc-web , b"] {
            #expect(preflight(table, headers)?.rule?.pointee.route == 0, "\(headers)")
        }
        for headers in ["", "x-grpc", "x-grpc-webx", "content-type"] {
            #expect(preflight(table, headers)?.rule?.pointee.route == 1, "\(headers)")
        }
        let closed = RoutingTests.table([
            TestRoute("g", kind: .grpc, [rule("closed", [rpc("S", "M")])]), TestRoute("http", [rule("1")]),
        ])
        #expect(preflight(closed, "x-grpc-web")?.rule?.pointee.route == 1)
    }
}
