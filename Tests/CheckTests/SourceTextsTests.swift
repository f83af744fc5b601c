import KubernetesTypes
import Manifests
import Testing

@testable import Commands

@Suite struct SourceTextsTests {
    /// The line with marks below it.
    private func excerpt(
        _ text: String, line: Int = 1, column: Int, object: String? = "HTTPRoute shop/route"
    ) -> String? {
        var sources = SourceTexts()
        sources.add(.bytes(Array(text.utf8)), of: "a.yaml")
        let location = SourceLocation(file: "a.yaml", position: TextPosition(line: line, column: column))
        guard let excerpt = sources.excerpt(at: location, object: object) else { return nil }
        guard let marked = excerpt.marked else { return excerpt.text }
        return excerpt.text + "\n" + String(repeating: " ", count: marked.lowerBound)
            + String(repeating: "^", count: marked.count)
    }

    @Test(arguments: [
        ("  name: web # why", 9, "        ^^^"),
        ("  - matches:", 5, "    ^^^^^^^"),
        ("  value: \"a: b\"", 10, "         ^^^^^^"),
        ("{ name: web, port: 80 }", 9, "        ^^^"),
        ("a: b", 1, "^"),
    ])
    func `the value or key is underlined`(_ line: String, column: Int, marks: String) {
        #expect(excerpt(line, column: column) == "\(line)\n\(marks)")
    }

    @Test func `the end of a line is a place too`() {
        #expect(excerpt("a:", column: 3) == "a:\n  ^")
    }

    @Test func `a line that is not there has no excerpt`() {
        #expect(excerpt("a: b\n", line: 9, column: 1) == nil)
    }

    @Test func `long lines are cut to what is around the place`() {
        let line = String(repeating: "a, ", count: 200) + "here, " + String(repeating: "b, ", count: 200)
        let shown = excerpt(line, column: 601)
        #expect(shown?.contains("here") == true)
        #expect(shown.map { $0.count < 330 } == true)
        #expect(shown?.hasPrefix("…") == true)
    }

    // MARK: Secrets

    private static let secret = """
        apiVersion: v1
        kind: Secret
        metadata:
          name: token
        stringData:
          password: hunter2
          hunter2: x
          text: |
            hunter2: hunter2
        """

    @Test(arguments: 1...9)
    func `values of a Secret are never shown`(line: Int) {
        for object in ["Secret shop/token", nil] {
            let shown = excerpt(Self.secret, line: line, column: 3, object: object)
            #expect(shown?.contains("hunter") == false)
        }
    }

    @Test func `harmless fields of a Secret are shown`() {
        #expect(excerpt(Self.secret, line: 5, column: 1, object: "Secret shop/token") == "stringData:\n^^^^^^^^^^")
        #expect(excerpt(Self.secret, line: 4, column: 3, object: "Secret a/b")?.hasPrefix("  name: <redacted>") == true)
    }

    @Test func `a document that cannot be read may be a Secret`() {
        #expect(excerpt("data:\n  a: hunter2", line: 2, column: 6, object: nil)?.contains("hunter") == false)
        #expect(excerpt("kind: Service\nport: 80 80", line: 2, column: 7, object: nil) == "port: 80 80\n      ^^^^^")
    }

    @Test func `a long line that holds a Secret next to others is not shown`() {
        let items = #"{"items": [{"kind": "Service"}, {"kind": "Secret", "data": {"a": "hunter2"}}]}"#
        let line = items + String(repeating: " ", count: 200)
        #expect(excerpt(line, column: 12, object: "Service shop/a")?.contains("hunter") == false)
    }
}
