import CertManager
package import Issuance
import KubernetesTypes
package import Manifests
package import Proxy
package import Reconciler

/// What came of one set of manifests.
package struct ServingReport: Sendable {
    /// Counts up from 1 with every change.
    package var generation: UInt64
    /// How many changes so far left some object at its last good version.
    package var failedReloads: UInt64
    package var manifests: ManifestSnapshot
    package var outcome: Outcome
    package var portFailures: [ProxyServer.PortFailure]
    package var statuses: StatusDocument
    /// What was issued when it was applied; nil when nobody asks for certificates.
    package var certificates: CertificateReport?

    /// What has gone wrong with certificates since, one line each.
    package func problems(since later: CertificateReport) -> [String] {
        let known = certificates?.findings ?? []
        return later.findings.filter { !known.contains($0) }.map { finding in
            "\(finding.severity.rawValue)[\(finding.code)]: \(finding.object): \(finding.text)"
        }
    }

    /// One line each, the manifests' own mistakes first.
    package var problems: [String] {
        var lines = manifests.diagnostics.map(\.description)
        for (kind, count) in manifests.unknownKinds.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            lines.append(
                "note[\(DiagnosticCode.ignoredKind)]: \(count) \(kind.apiVersion) \(kind.kind) ignored: this version of weir does "
                    + "not serve the kind.")
        }
        if outcome.diagnostics.isEmpty { return lines }
        let places = Dictionary(manifests.objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for diagnostic in outcome.diagnostics {
            let place = places[diagnostic.object].map { "\($0.fieldLocations.location(of: diagnostic.path)): " } ?? ""
            let path = "\(diagnostic.path)"
            lines.append(
                "\(place)\(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(diagnostic.object)"
                    + "\(path.isEmpty ? "" : ": \(path)"): \(diagnostic.message)"
                    + (diagnostic.help.isEmpty ? "" : " \(diagnostic.help)"))
        }
        return lines
    }
}
