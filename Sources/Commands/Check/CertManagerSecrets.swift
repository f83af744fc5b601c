import CertManager
import Controller
import KubernetesTypes
import Manifests
import Reconciler

/// What `weir check` makes of the certificates that manifests ask for. It issues none: whoever serves the manifests will,
/// cert-manager in a cluster or Weir without one.
struct CertManagerSecrets {
    private let plan: CertificatePlan
    let promised: PromisedSecrets

    init(_ snapshot: ManifestSnapshot) {
        plan = CertificatePlan(CertManagerObjects(snapshot))
        promised = PromisedSecrets(plan)
    }

    /// What the lints should know about certificates that are still to be made.
    var certificates: [ObjectKey: CertificateValidity] {
        promised.certificates.mapValues { planned in
            let spec = planned.request.spec
            return CertificateValidity(
                names: (spec.dnsNames + spec.ipAddresses).map { $0.lowercased() }, notBefore: .epoch,
                notAfter: Timestamp(secondsSince1970: .max / 2))
        }
    }

    /// What is wrong wherever the manifests go is said as it is. The rest is about `weir run`: in a cluster issuers may
    /// stand elsewhere, and cert-manager can more.
    var diagnostics: [Reconciler.Diagnostic] {
        plan.findings.map { finding in
            var diagnostic = Reconciler.Diagnostic(finding)
            switch finding.code {
            case .certificateAnnotation, .secretOfTwoCertificates: break
            case .issuerMissing:
                diagnostic.severity = .note
                diagnostic.message = "\(finding.message.dropLast()) in the manifests."
                diagnostic.help = "Name its file with -f too, or make sure that it exists."
            default:
                diagnostic.severity = .note
            }
            return diagnostic
        }
    }
}
