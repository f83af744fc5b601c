import Foundation
import HTTP2
import Testing

/// Runs the fuzz properties over the inputs of `Fuzz/corpus` and `Fuzz/crashers`: what was found once stays fixed.
@Suite struct FuzzReplayTests {
    /// A file of the corpus, or a crasher.
    struct Input: CustomTestStringConvertible {
        var file: URL
        var testDescription: String { file.pathComponents.suffix(3).joined(separator: "/") }
    }

    private static let fuzz = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz")

    private static func inputs(_ target: String) -> [Input] {
        ["corpus", "crashers"].flatMap { folder in
            let url = fuzz.appending(path: "\(folder)/\(target)")
            let files = (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
            return files.sorted { $0.path < $1.path }.map(Input.init)
        }
    }

    @Test(arguments: ["hpack", "http2"])
    func `every replayed target has a corpus`(target: String) {
        #expect(!Self.inputs(target).isEmpty)
    }

    @Test(arguments: inputs("hpack"))
    func `header blocks keep their properties`(input: Input) throws {
        try [UInt8](Data(contentsOf: input.file)).withUnsafeBytes(checkHPACK)
    }

    @Test(arguments: inputs("http2"))
    func `connections keep their properties`(input: Input) throws {
        try [UInt8](Data(contentsOf: input.file)).withUnsafeBytes(checkHTTP2Connection)
    }
}
