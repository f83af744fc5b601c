import Foundation
import Testing

/// Runs the fuzz properties over the inputs of `Fuzz/corpus` and `Fuzz/crashers`: what was found once stays fixed.
@Suite struct ClientHelloFuzzReplayTests {
    private static let inputs: [URL] = {
        let fuzz = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fuzz")
        return ["corpus", "crashers"].flatMap { folder in
            let url = fuzz.appending(path: "\(folder)/client-hello")
            let files = (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
            return files.sorted { $0.path < $1.path }
        }
    }()

    @Test func `there is a corpus`() {
        #expect(!Self.inputs.isEmpty)
    }

    @Test(arguments: inputs)
    func `what begins a connection keeps its properties`(file: URL) throws {
        try [UInt8](Data(contentsOf: file)).withUnsafeBytes(checkClientHello)
    }
}
