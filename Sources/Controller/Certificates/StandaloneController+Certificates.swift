import CertManager
package import Issuance
import KubernetesTypes
import Manifests
import Reconciler

extension StandaloneController {
    /// What there is to say about certificates now; nil when nobody asks for any.
    package func certificateReport() async -> CertificateReport? {
        guard let certificates, hasCertificates else { return nil }
        return await certificates.report
    }

    /// Tells the engine what the manifests ask for, and puts what it has into the state.
    /// - Returns: what it has to say.
    func updateCertificates(_ snapshot: ManifestSnapshot) async -> CertificateReport? {
        guard let certificates else { return nil }
        var objects = CertManagerObjects(snapshot)
        if let localAuthority { objects.add(localAuthority, for: snapshot) }
        guard !objects.isEmpty || hasCertificates else { return nil }
        hasCertificates = !objects.isEmpty
        let report = await certificates.update(objects)
        take(report, over: objects)
        promised = PromisedSecrets(CertificatePlan(objects))
        return report
    }

    private func take(_ report: CertificateReport, over objects: CertManagerObjects) {
        let issued = Set(report.secrets.map(\.key))
        for key in issuedSecrets.subtracting(issued) where objects.secrets[key] == nil { state.remove(key) }
        for secret in report.secrets { state.set(secret) }
        issuedSecrets = issued
    }

    /// The findings as diagnostics; and what is missing only because it is being issued is no riddle.
    func addCertificateDiagnostics(
        _ report: CertificateReport?, of snapshot: ManifestSnapshot, to outcome: inout Outcome
    ) {
        guard let report, let promised else { return }
        let places = Dictionary(snapshot.objects.map { ($0.key, $0.object) }, uniquingKeysWith: { first, _ in first })
        for index in outcome.diagnostics.indices {
            let diagnostic = outcome.diagnostics[index]
            guard let planned = promised.certificate(missedBy: diagnostic, in: places[diagnostic.object]) else {
                continue
            }
            outcome.diagnostics[index].help = "\(planned.request.key) asks for it; /status tells how far that is."
        }
        outcome.diagnostics += report.findings.map(Reconciler.Diagnostic.init)
    }
}

extension CertManagerObjects {
    /// Has the private CA make what nobody else does.
    fileprivate mutating func add(_ authority: Secret, for snapshot: ManifestSnapshot) {
        addSecrets(snapshot)
        let plan = CertificatePlan(self)
        requests =
            LocalCertificates(
                snapshot, taken: Set(secrets.keys).union(plan.certificates.map(\.request.secret))
            ).requests
        secrets[LocalAuthority.secret] = authority
        hasLocalAuthority = true
    }
}
