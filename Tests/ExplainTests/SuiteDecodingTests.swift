import KubernetesTypes
import Manifests
import Testing

@Suite struct SuiteDecodingTests {
    private func problems(_ text: String) -> [String] {
        RouteTestSuite.decode(Array(text.utf8), file: "t.yaml").diagnostics.map(\.description)
    }

    private func expect(_ expect: String) -> [String] {
        problems("tests:\n- name: t\n  request: { url: a }\n  expect: \(expect)\n")
    }

    @Test func `a suite is decoded with the places of its tests`() throws {
        let (suite, diagnostics) = RouteTestSuite.decode(
            Array(
                """
                manifests: [a, b]
                tests:
                  - name: one
                    request:
                      url: http://a/
                      method: POST
                      headers: { X-A: [1, two], X-B: true }
                    expect: { backend: x, rule: 0 }
                ---
                tests:
                  - name: two
                    request: { url: http://b/ }
                    expect: { rule: "0" }
                """.utf8), file: "t.yaml")
        #expect(diagnostics.isEmpty)
        #expect(suite.manifests == ["a", "b"])
        #expect(suite.tests.map(\.name) == ["one", "two"])
        #expect(
            suite.tests[0].request.headers.map { "\($0.name): \($0.value)" } == ["X-A: 1", "X-A: two", "X-B: true"])
        #expect(suite.tests[0].expect.rule == .index(0))
        #expect(suite.tests[1].expect.rule == .name("0"))
        #expect(suite.tests[1].location(of: FieldPath("expect.rule"))?.description == "t.yaml:13:21")
    }

    @Test func `a misspelt field is an error with a suggestion`() {
        let problems = expect("{ bakcend: x }")
        #expect(problems.contains { $0.hasPrefix("t.yaml:4:13: error") && $0.contains("Did you mean backend") })
    }

    @Test(arguments: [
        ("{}", "can never fail"), ("{ backends: [{ name: a, share: 101 }] }", "from 0 to 100"),
        ("{ backends: [[]] }", "name or a mapping"), ("{ backend: { share: 1 } }", "name is missing"),
        ("{ requestHeaders: { a: { b: c } } }", "list of texts"), ("{ status: 99 }", "status"),
        ("{ rule: -1 }", "rule"), ("{ redirect: [] }", "redirect"),
    ])
    func `what cannot be expected is an error`(text: String, part: String) {
        #expect(expect(text).contains { $0.contains(part) && $0.contains("error") })
    }

    @Test(arguments: ["", "tests: []\n", "tests:\n- request: { url: a }\n", "a: [\n", "\u{0}", "[]\n"])
    func `a file without tests is an error`(text: String) {
        #expect(!problems(text).isEmpty)
    }

    @Test func `bytes that are no text are an error`() {
        #expect(RouteTestSuite.decode([0xFF], file: "t.yaml").diagnostics.count == 1)
    }
}
