import Routing
import Testing

@testable import Proxy

@Suite struct NameIndexTests {
    private func index(_ patterns: String...) throws -> NameIndex<String> {
        var index = NameIndex<String>()
        for pattern in patterns {
            index.add(pattern, for: pattern == "*" ? .any : try #require(HostnamePattern(pattern)))
        }
        return index
    }

    @Test(
        arguments: [
            ("abc.example.com", "abc.example.com"), ("x.example.com", "*.example.com"),
            ("x.y.example.com", "*.example.com"),
            ("x.com", "*.com"), ("example.com", "*.com"), ("com", "*"), ("example.org", "*"), (nil, "*"),
        ] as [(String?, String)])
    func `the most specific pattern wins, wherever it stands`(name: String?, expected: String) throws {
        #expect(try index("*", "*.com", "*.example.com", "abc.example.com").find(name) == expected)
        #expect(try index("abc.example.com", "*.example.com", "*.com", "*").find(name) == expected)
    }

    @Test(arguments: ["abc.example.org", "example.com", ".example.com", "", nil])
    func `what no pattern takes is not found`(name: String?) throws {
        #expect(try index("*.example.com", "abc.example.net").find(name) == nil)
    }

    @Test func `of equal patterns the first stays`() throws {
        var index = NameIndex<Int>()
        let pattern = try #require(HostnamePattern("*.example.com"))
        index.add(1, for: pattern)
        index.add(2, for: pattern)
        #expect(index.find("a.example.com") == 1)
    }
}
