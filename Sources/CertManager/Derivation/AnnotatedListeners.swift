import GatewayAPI
import KubernetesTypes

/// cert-manager's annotations on a Gateway or ListenerSet (https://cert-manager.io/docs/usage/gateway/): one
/// Certificate for every Secret that its listeners name, with the hostnames of those listeners.
package enum CertManagerAnnotations {
    static let prefix = "cert-manager.io/"
    package static let issuer = prefix + "issuer"
    package static let clusterIssuer = prefix + "cluster-issuer"
    static let issuerKind = prefix + "issuer-kind"
    static let issuerGroup = prefix + "issuer-group"

    /// Either of them makes cert-manager look at the object.
    package static let triggers = [issuer, clusterIssuer]
}

struct AnnotatedListeners {
    let object: ObjectKey
    let metadata: ObjectMeta
    let listeners: [Listener]
    private(set) var requests: [RequestedCertificate] = []
    private(set) var findings: [CertificateFinding] = []

    init(_ object: ObjectKey, _ metadata: ObjectMeta, _ listeners: [Listener]) {
        self.object = object
        self.metadata = metadata
        self.listeners = listeners
        let annotations = metadata.annotations
        guard let trigger = CertManagerAnnotations.triggers.first(where: { annotations[$0] != nil }) else { return }
        let path = FieldPath("metadata.annotations")
        if annotations[CertManagerAnnotations.issuer] != nil, annotations[CertManagerAnnotations.clusterIssuer] != nil {
            findings.append(
                CertificateFinding(
                    .certificateAnnotation, object, path.key(CertManagerAnnotations.clusterIssuer),
                    "\(CertManagerAnnotations.issuer) and \(CertManagerAnnotations.clusterIssuer) exclude each other.",
                    help: "Keep one of them."))
            return
        }
        let reference = IssuerReference(
            name: annotations[trigger] ?? "",
            kind: trigger == CertManagerAnnotations.clusterIssuer
                ? "ClusterIssuer" : annotations[CertManagerAnnotations.issuerKind] ?? "Issuer",
            group: annotations[CertManagerAnnotations.issuerGroup] ?? certManagerGroup)
        var spec = CertificateSpec(secretName: "", issuerRef: reference)
        var reader = AnnotationReader(annotations: annotations)
        reader.read(into: &spec)
        findings += reader.mistakes.map { name, message, help in
            CertificateFinding(.certificateAnnotation, object, path.key(name), message, help: help)
        }
        guard findings.isEmpty else { return }
        collect(spec)
    }

    private mutating func collect(_ template: CertificateSpec) {
        for (index, listener) in listeners.enumerated() {
            guard let tls = listener.tls, tls.mode == .terminate, let hostname = listener.hostname, !hostname.isEmpty
            else { continue }
            for (position, reference) in tls.certificateRefs.enumerated() {
                guard reference.group.isEmpty, reference.kind == Secret.groupKind.kind else { continue }
                let path = FieldPath("spec.listeners").index(index).field("tls").field("certificateRefs").index(
                    position)
                guard reference.namespace ?? metadata.namespace == metadata.namespace else {
                    findings.append(
                        CertificateFinding(
                            .certificateForOtherNamespace, object, path,
                            "No certificate is made for Secret \(reference.namespace ?? "")/\(reference.name): it is in "
                                + "another namespace.",
                            help: "Name a Secret of the namespace \(metadata.namespace), or write a Certificate in the "
                                + "other one.",
                            severity: .warning))
                    continue
                }
                add(hostname, secretName: reference.name, at: path, template)
            }
        }
    }

    private mutating func add(_ hostname: String, secretName: String, at path: FieldPath, _ template: CertificateSpec) {
        if let known = requests.firstIndex(where: { $0.spec.secretName == secretName }) {
            if !requests[known].spec.dnsNames.contains(hostname) { requests[known].spec.dnsNames.append(hostname) }
            return
        }
        var spec = template
        spec.secretName = secretName
        spec.dnsNames.append(hostname)
        requests.append(
            RequestedCertificate(name: secretName, of: metadata, origin: object, path: path, spec: spec))
    }
}
