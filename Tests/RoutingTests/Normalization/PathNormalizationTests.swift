import HTTPSemantics
import Testing

@Suite struct PathNormalizationTests {
    static func normalize(_ path: String) -> String? {
        var bytes = Array(path.utf8)
        let length = bytes.withUnsafeMutableBytes { PathNormalization.normalize($0) }
        return length.map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    @Test(arguments: [
        "/", "/a", "/a/", "/a/b/c", "/a.b/c..d", "/a./b../c", "/long/enough/for/several/words/and/some/more",
        "/with-dash_and~tilde/1;v=2,3", "*",
    ])
    func `an ordinary path stays`(_ path: String) {
        #expect(Self.normalize(path) == path)
        #expect(withBytes(path) { PathNormalization.needsNormalization($0) } == false)
    }

    @Test(arguments: [
        ("//", "/"), ("/a//b", "/a/b"), ("/a///b//", "/a/b/"), ("//a", "/a"), ("/1234567//x", "/1234567/x"),
        ("/123456//x", "/123456/x"), ("/.", "/"), ("/./", "/"), ("/..", "/"), ("/../", "/"), ("/../../a", "/a"),
        ("/a/.", "/a/"), ("/a/./b", "/a/b"), ("/a/..", "/"), ("/a/../b", "/b"), ("/a/b/..", "/a/"),
        ("/a/b/../c", "/a/c"), ("/a/b/../../c", "/c"), ("/a/b/../../../c", "/c"), ("/a//../b", "/b"),
        ("/1234567/../b", "/b"), ("/123456/./b", "/123456/b"), ("/.a", "/.a"), ("/..a", "/..a"), ("/a/...", "/a/..."),
        ("/a/.b/..c/", "/a/.b/..c/"),
    ])
    func `dot elements and repeated slashes are removed`(_ path: String, _ expected: String) {
        #expect(Self.normalize(path) == expected)
    }

    @Test(arguments: [
        ("/%61%5A%30", "/aZ0"), ("/%7Euser", "/~user"), ("/%7euser", "/~user"), ("/%2D%2E%5F", "/-._"),
        ("/%2e%2E/a", "/a"), ("/a/%2e%2e/b", "/b"), ("/a/.%2e/b", "/b"), ("/a/%2e/b", "/a/b"),
        ("/a%2Fb", "/a%2Fb"), ("/a%2fb", "/a%2fb"), ("/a%5Cb", "/a%5Cb"), ("/a%20b", "/a%20b"), ("/%2541", "/%2541"),
        ("/a%2F..", "/a%2F.."), ("/a%2F../b", "/a%2F../b"), ("/%c3%A9", "/%c3%A9"), ("/%3F%23", "/%3F%23"),
        ("/%2F/..", "/"), ("/%0a", "/%0a"),
    ])
    func `only unreserved characters are decoded, once`(_ path: String, _ expected: String) {
        #expect(Self.normalize(path) == expected)
    }

    @Test(arguments: ["/%", "/a%", "/%4", "/%zz", "/%4z", "/%z4", "/%%41", "/%00", "/a/%00/b", "", "a", "**", "a/b"])
    func `a path that cannot be read in one way only is refused`(_ path: String) {
        #expect(Self.normalize(path) == nil)
    }

    @Test func `normalising twice changes nothing more, and the scan finds everything that must change`() {
        var generator = SeededGenerator(seed: 1)
        let parts = ["/", ".", "a", "%2e", "%2F", "%41", "b", "//", "%25", "..", "/."]
        for _ in 0..<20_000 {
            let path =
                "/"
                + (0..<Int.random(in: 0...12, using: &generator)).map { _ in parts.randomElement(using: &generator)! }
                .joined()
            guard let normal = Self.normalize(path) else {
                Issue.record("refused \(path)")
                continue
            }
            #expect(Self.normalize(normal) == normal, "\(path)")
            #expect(normal.hasPrefix("/") && normal.utf8.count <= path.utf8.count, "\(path)")
            let elements = normal.split(separator: "/", omittingEmptySubsequences: false)
            #expect(!elements.contains("..") && !elements.contains("."), "\(path)")
            #expect(!normal.contains("//"), "\(path)")
            if normal != path { #expect(withBytes(path) { PathNormalization.needsNormalization($0) }, "\(path)") }
        }
    }
}
