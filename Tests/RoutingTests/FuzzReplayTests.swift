import Foundation
import Testing

/// Runs the fuzz properties over the inputs of `Fuzz/corpus` and `Fuzz/crashers`: what was found once stays fixed.
@Suite struct RoutingFuzzReplayTests {
    private static func inputs(_ target: String) -> [URL] {
        let fuzz = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fuzz")
        return ["corpus", "crashers"].flatMap { folder in
            let url = fuzz.appending(path: "\(folder)/\(target)")
            let files = (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
            return files.sorted { $0.path < $1.path }
        }
    }

    private func check(_ file: URL, _ property: (UnsafeRawBufferPointer) throws -> Void) throws {
        try [UInt8](Data(contentsOf: file)).withUnsafeBytes(property)
    }

    @Test(arguments: ["cors", "session"])
    func `every replayed target has a corpus`(target: String) {
        #expect(!Self.inputs(target).isEmpty)
    }

    @Test(arguments: inputs("cors"))
    func `answers to origins keep their properties`(file: URL) throws {
        try check(file, checkCORS)
    }

    @Test(arguments: inputs("session"))
    func `session tokens keep their properties`(file: URL) throws {
        try check(file, checkSession)
    }
}
