package import CertManager
import KubernetesTypes
package import Manifests

extension CertManagerObjects {
    /// What manifests ask for. Empty, and quickly so, where they have nothing of cert-manager's.
    package init(_ snapshot: ManifestSnapshot) {
        self.init()
        for decoded in snapshot.objects {
            switch decoded.object {
            case .certificate(let object): certificates.append(object)
            case .issuer(let object): issuers.append(object)
            case .clusterIssuer(let object): clusterIssuers.append(object)
            case .gateway(let object): gateways.append(object)
            case .listenerSet(let object): listenerSets.append(object)
            default: continue
            }
        }
        if !isEmpty { addSecrets(snapshot) }
    }

    mutating func addSecrets(_ snapshot: ManifestSnapshot) {
        for decoded in snapshot.objects {
            if case .secret(let secret) = decoded.object { secrets[decoded.key] = secret }
        }
    }
}
