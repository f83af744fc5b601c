import CertManager
import Controller
import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler

/// Everything that can be said about a set of manifests.
struct ManifestCheck {
    /// Sorted by place.
    private(set) var diagnostics: [CheckedDiagnostic] = []
    let sources: SourceTexts
    let objectCount: Int

    /// - Parameters:
    ///   - paths: files, directories, and `-` for the standard input.
    ///   - now: decides whether certificates are valid.
    init(paths: [String], now: Timestamp) {
        var sources = SourceTexts()
        let snapshot = ManifestSource(paths: paths).load { file, contents in sources.add(contents, of: file) }
        let secrets = CertManagerSecrets(snapshot)
        self.sources = sources
        objectCount = snapshot.objects.count
        diagnostics = snapshot.diagnostics.map(CheckedDiagnostic.init) + Self.ignoredKinds(in: snapshot)

        var state = ClusterState(snapshot)
        let classes = CheckedClasses(snapshot)
        for name in classes.missing { state.set(classes.standIn(named: name)) }
        diagnostics += classes.diagnostics
        var memo = Memo()
        let settings = ReconcilerSettings(
            additionalControllerNames: classes.controllerNames, standalone: true, externalNameServices: .allowed)
        let outcome = reconcile(state, settings: settings, memo: &memo)
        let certificates = CheckedCertificates.read(snapshot).merging(secrets.certificates) { held, _ in held }
        let findings =
            outcome.diagnostics + lint(memo, certificates: certificates, now: now) + secrets.diagnostics

        let places = Dictionary(snapshot.objects.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let nowhere = SourceLocation(file: paths.first ?? "", position: .start)
        for finding in findings {
            let place = places[finding.object]
            var diagnostic = CheckedDiagnostic(
                finding.code, finding.severity, at: place?.fieldLocations.location(of: finding.path) ?? nowhere,
                object: "\(finding.object)", path: finding.path, message: finding.message, help: finding.help)
            if let planned = secrets.promised.certificate(missedBy: finding, in: place?.object) {
                diagnostic.severity = .note
                diagnostic.help =
                    "\(planned.request.key) has it made: by cert-manager in a cluster, by weir without one."
            }
            diagnostics.append(diagnostic)
        }
        diagnostics = Set(diagnostics).sorted()
    }

    /// One note for each kind, at its first object.
    private static func ignoredKinds(in snapshot: ManifestSnapshot) -> [CheckedDiagnostic] {
        let misspelled = Set(snapshot.diagnostics.filter { $0.code == .misspelledKind }.map(\.location))
        var objects: [GroupVersionKind: [DecodedObject]] = [:]
        for object in snapshot.objects {
            guard case .unknown(let kind, _, _) = object.object,
                !misspelled.contains(object.fieldLocations.location(of: FieldPath("kind")))
            else { continue }
            objects[kind, default: []].append(object)
        }
        return objects.compactMap { kind, objects in
            guard let first = objects.min(by: { $0.source < $1.source }) else { return nil }
            let others = objects.count > 1 ? " There are \(objects.count) objects of it." : ""
            return CheckedDiagnostic(
                .ignoredKind, .note, at: first.source, object: "\(first.key)",
                message: "Ignored: weir does not serve \(kind.apiVersion) \(kind.kind).\(others)", help: "")
        }
    }
}
