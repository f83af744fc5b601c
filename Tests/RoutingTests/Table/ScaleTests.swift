import Routing
import Testing

@Suite struct ScaleTests {
    @Test func `every one of many hostnames and paths is found`() {
        let count = 2000
        let routes = (0..<count).map { number in
            TestRoute(
                "r\(number)",
                hostnames: [
                    number.isMultiple(of: 3)
                        ? .any : host(number.isMultiple(of: 2) ? "h\(number).com" : "*.h\(number).com")
                ], [rule("p", [prefix("/a/p\(number)")]), rule("e", [exact("/a/p\(number)/e")])])
        }
        let table = table(routes)
        for number in 0..<count {
            let name =
                number.isMultiple(of: 3) ? "other" : number.isMultiple(of: 2) ? "h\(number).com" : "x.h\(number).com"
            #expect(table.answer(TestRequest("/a/p\(number)/e", host: name)) == "ns/r\(number)/e")
            #expect(table.answer(TestRequest("/a/p\(number)/f", host: name)) == "ns/r\(number)/p")
            #expect(table.answer(TestRequest("/a/p\(number)x", host: name)) == "no rule")
            #expect(
                table.answer(TestRequest("/a/p\(number)", host: name + ".org"))
                    == (number.isMultiple(of: 3) ? "ns/r\(number)/p" : "no rule"))
        }
    }

    @Test func `a table outlives the configuration and the expressions it was made of`() throws {
        var table: RoutingTable? = nil
        do {
            let expression = try RegularExpression("/(a|b)+")
            table = RoutingTable(
                configuration([
                    TestListener(
                        "l", .any,
                        [TestRoute("r", [rule("1", [RequestMatch(path: .regularExpression(expression))])])])
                ]))
        }
        #expect(table?.answer(TestRequest("/abba")) == "ns/r/1")
        #expect(table?.answer(TestRequest("/abc")) == "no rule")
    }
}
