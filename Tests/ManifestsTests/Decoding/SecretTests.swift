import KubernetesTypes
import Manifests
import Testing

struct SecretTests {
    private let secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: tls}
        type: kubernetes.io/tls
        data: {tls.crt: c3dvcmRmaXNo, empty: ""}
        stringData: {tls.key: swordfish}
        """

    @Test func `data is decoded and stringData wins`() throws {
        let decoded = try #require(decode(secret + "\n").secrets.first)
        #expect(decoded.data["tls.crt"]?.bytes == Array("swordfish".utf8))
        #expect(decoded.data["tls.key"]?.bytes == Array("swordfish".utf8))
        #expect(decoded.data["empty"]?.bytes == [])
    }

    @Test func `nothing that prints a Secret shows its bytes`() throws {
        let manifests = decode(secret)
        let object = try #require(manifests.objects.first)
        var dumped = ""
        dump(manifests, to: &dumped)
        dump(try #require(manifests.secrets.first), to: &dumped)
        let printed = [
            "\(object)", "\(object.object)", String(reflecting: manifests), dumped,
            "\(try #require(manifests.secrets.first).data)", "\(Mirror(reflecting: object).children.map(\.value))",
        ]
        for text in printed {
            #expect(!text.contains("swordfish") && !text.contains("c3dvcmRmaXNo"))
            // The bytes of "swordfish" as numbers.
            #expect(!text.contains("115, 119"))
        }
        #expect("\(SecretBytes([1, 2]))" == "<redacted>")
    }

    @Test(arguments: [
        "data: {key: swordfish!}", "data: {key: [swordfish]}", "data: swordfish", "stringData: {key: {swordfish: 1}}",
        "stringData: {key: 1234567}", "swordfish: 1", "type: [swordfish]", "data:\n  key: |\n  swordfish",
        "data: {key: \"swordfish", "data: {key: swordfish: 1}", "swordfish: 1\nswordfish: 2", "immutable: swordfish",
        "stringData: {key: true}", "data: {swordfish, swordfish}",
    ])
    func `no message repeats what a Secret contains`(lines: String) {
        let manifests = decode("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n" + lines)
        for diagnostic in manifests.diagnostics {
            #expect(!diagnostic.description.contains("swordfish") && !diagnostic.description.contains("1234567"))
        }
        if !lines.hasPrefix("immutable") { #expect(!manifests.diagnostics.isEmpty) }
    }

    @Test(
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("Zm9v\nZg==", [0x66, 0x6F, 0x6F, 0x66]),
            ("Zg", nil), ("Zg=", nil), ("Z===", nil), ("Zm9v====", nil), ("Zm-v", nil), ("=Zg=", nil),
            ("Zg==Zg==", nil),
        ] as [(String, [UInt8]?)])
    func `base64 follows RFC 4648`(text: String, bytes: [UInt8]?) {
        let escaped = text.replacing("\n", with: "\\n")
        let manifests = decode("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: \"\(escaped)\"}}")
        #expect(manifests.secrets.first?.data["k"]?.bytes == bytes)
        #expect(manifests.errors.isEmpty == (bytes != nil))
    }
}
