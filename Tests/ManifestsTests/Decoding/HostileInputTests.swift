import Manifests
import Testing

struct HostileInputTests {
    private static let laughs: String = {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        return text
    }()

    @Test func `a billion laughs are refused`() throws {
        let manifests = decode("apiVersion: v1\nkind: A\n" + Self.laughs)
        #expect(manifests.objects.isEmpty)
        #expect(try #require(manifests.errors.first).message == "The file has more than 1000000 values.")
    }

    @Test(arguments: ["? *a12\n: x", "? [*a12]\n: x", "{[*a12] : x}", "[*a12]: x", "{*a12 : x}", "*a12 : x"])
    func `a billion laughs in a key are refused before anyone hashes them`(line: String) {
        let manifests = decode(Self.laughs + (line.hasPrefix("{") ? "b: \(line)" : line))
        #expect(manifests.objects.isEmpty)
        #expect(!manifests.errors.isEmpty)
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
        String(repeating: "{a: ", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
        "a: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
    ])
    func `deep nesting is refused`(text: String) {
        for file in ["a.yaml", "a.json"] {
            let manifests = decode(text, file: file)
            #expect(manifests.objects.isEmpty)
            #expect(!manifests.errors.isEmpty)
        }
    }

    @Test func `a huge file is refused`() throws {
        let manifests = decode(String(repeating: "#", count: 16 << 20) + "\n")
        #expect(try #require(manifests.errors.first).message == "The file is larger than 16 MiB.")
    }

    @Test func `bytes that are no text are refused with their place`() throws {
        let manifests = ManifestDecoder().decode(Array("a: b\nc: é".utf8) + [0xFF], file: "f")
        #expect(
            manifests.errors.map(\.description) == [
                "f:2:5: error[WR1002]: The file is not UTF-8 text. Save it as UTF-8."
            ])
    }

    @Test func `a marker of documents inside of a block scalar still ends the document`() {
        let manifests = decode("apiVersion: v1\nkind: A\nx: |\n  a\n---\napiVersion: v1\nkind: B\nx: |\n ---\n")
        #expect(manifests.unknownKinds.count == 2)
    }

    @Test func `random bytes and mutated manifests do not crash`() {
        var generator = SplitMix(state: 7)
        let seed = Array(
            (String(Self.laughs.prefix(200))
                + "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\n"
                + "spec: {rules: [{matches: [{path: {value: \"/a\"}}], backendRefs: [{name: b, port: 80}]}]}\n---\n"
                + "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"data\": {\"a\": \"Zg==\"}}").utf8)
        let alphabet = Array("\n\t :-?[]{},&*#|>'\"%@`!\\<=~.\r\u{FEFF}ab01é".utf8)
        for _ in 0..<1000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[at] = alphabet.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: at)
                case 2: bytes.remove(at: at)
                default: bytes.removeSubrange(at..<min(bytes.count - 1, at + 20))
                }
                if bytes.count < 2 { bytes = seed }
            }
            bytes.withUnsafeBytes { fuzzDecode($0) }
        }
    }
}

/// A generator whose sequence is the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
