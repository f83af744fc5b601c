import Foundation
import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

/// Codes of what the golden files report about Gateways and attachment.
@Suite struct DiagnosticCodeTests {
    private static func diagnostics() throws -> [Diagnostic] {
        try GoldenCase.all.flatMap { golden in
            let state = try golden.state
            var settings = try golden.settings
            if var pool = settings.addressPool {
                pool.assign(in: state, settings: settings)
                settings.addressPool = pool
            }
            return reconcile(state, settings: settings).diagnostics
        }
    }

    private static let ours: Set<String> = ["GatewayClass", "Gateway", "ListenerSet"]

    @Test func `everything about Gateways, classes and ListenerSets has a code that is explained`() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/diagnostics.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let codes = try Set(Self.diagnostics().filter { Self.ours.contains($0.object.kind) }.map(\.code))
        #expect(codes.count >= 20)
        for code in codes.sorted() { #expect(text.contains("### \(code)"), "docs/diagnostics.md lacks \(code)") }
    }
}
