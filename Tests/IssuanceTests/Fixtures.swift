import CertManager
import Foundation
import KubernetesTypes
import Logging
import Manifests
import Testing

@testable import Issuance

/// A directory that goes with the value.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What a program prints that is given files of the directory.
    func run(_ program: String, _ arguments: String..., files: [String: String]) throws -> String {
        for (name, text) in files { try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: path)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}

/// The objects of a manifest, which must be free of errors.
func objects(_ manifest: String) throws -> CertManagerObjects {
    let decoded = ManifestDecoder().decode(manifest, file: "test.yaml")
    try #require(!decoded.hasErrors, "\(decoded.diagnostics)")
    var objects = CertManagerObjects()
    for object in decoded.objects {
        switch object.object {
        case .certificate(let object): objects.certificates.append(object)
        case .issuer(let object): objects.issuers.append(object)
        case .clusterIssuer(let object): objects.clusterIssuers.append(object)
        case .gateway(let object): objects.gateways.append(object)
        case .listenerSet(let object): objects.listenerSets.append(object)
        case .secret(let object): objects.secrets[object.key] = object
        default: break
        }
    }
    return objects
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension Secret {
    func text(_ key: String) -> String { String(decoding: data[key]?.bytes ?? [], as: UTF8.self) }
}

enum Manifest {
    static let selfSigned = """
        apiVersion: cert-manager.io/v1
        kind: Issuer
        metadata: { name: own, namespace: shop }
        spec: { selfSigned: {} }

        """

    static func certificate(
        _ name: String = "web", names: String = "shop.example.com", issuer: String = "own", more: String = ""
    ) -> String {
        """
        ---
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata: { name: \(name), namespace: shop }
        spec:
          secretName: \(name)-tls
          dnsNames: [\(names)]
          issuerRef: { name: \(issuer) }
          privateKey: { algorithm: ECDSA }
          \(more)

        """
    }

    /// A CA that the manifests make themselves.
    static let authority =
        selfSigned + certificate("root", names: "ca.example.com", more: "isCA: true\n  commonName: Test CA") + """
            ---
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: { name: ca, namespace: shop }
            spec: { ca: { secretName: root-tls } }

            """
}
