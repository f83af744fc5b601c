package import GatewayAPI
package import KubernetesTypes

/// The objects that decide which certificates there should be.
package struct CertManagerObjects: Sendable {
    package var certificates: [Certificate] = []
    package var issuers: [Issuer] = []
    package var clusterIssuers: [ClusterIssuer] = []
    package var gateways: [Gateway] = []
    package var listenerSets: [ListenerSet] = []
    /// Those of the files.
    package var secrets: [ObjectKey: Secret] = [:]
    /// What is asked for besides.
    package var requests: [RequestedCertificate] = []
    /// The CA of `--local-ca`: `secrets` has it as `LocalAuthority.secret`.
    package var hasLocalAuthority = false

    package init() {}

    /// Whether there is anything to do or to say.
    package var isEmpty: Bool {
        certificates.isEmpty && requests.isEmpty && issuers.isEmpty && clusterIssuers.isEmpty
            && !gateways.contains { $0.metadata.isAnnotated } && !listenerSets.contains { $0.metadata.isAnnotated }
    }
}

extension ObjectMeta {
    fileprivate var isAnnotated: Bool {
        CertManagerAnnotations.triggers.contains { annotations[$0] != nil }
    }
}

/// Which certificates there should be and who makes each of them. A pure function of the objects.
package struct CertificatePlan: Sendable {
    /// By namespace and name of the Certificate.
    package private(set) var certificates: [PlannedCertificate] = []
    /// ClusterIssuers, then Issuers, by name.
    package private(set) var issuers: [PlannedIssuer] = []
    package private(set) var findings: [CertificateFinding] = []

    package init(_ objects: CertManagerObjects) {
        guard !objects.isEmpty else { return }
        let requests = collectRequests(objects)
        let made = Set(requests.map(\.secret))
        issuers =
            objects.clusterIssuers.map { issuer in
                PlannedIssuer(
                    issuer.key, issuer.metadata.generation, issuer.spec,
                    secretNamespace: ClusterIssuer.resourceNamespace)
            }
            + objects.issuers.map { issuer in
                PlannedIssuer(
                    issuer.key, issuer.metadata.generation, issuer.spec, secretNamespace: issuer.metadata.namespace)
            }
        let local = objects.hasLocalAuthority ? PlannedIssuer.local : nil
        for index in issuers.indices {
            if local != nil, case .acme = issuers[index].method { issuers[index].isReplaced = true }
            issuers[index].check(objects.secrets, made: made)
        }
        findings += issuers.compactMap(\.problem)
        let byKey = Dictionary(issuers.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        certificates = requests.map { request in
            PlannedCertificate(
                request, issuers: byKey, local: local, isProvided: objects.secrets[request.secret] != nil)
        }
        findings += certificates.compactMap(\.problem)
    }

    private mutating func collectRequests(_ objects: CertManagerObjects) -> [RequestedCertificate] {
        var requests: [RequestedCertificate] = []
        var owners: [ObjectKey: ObjectKey] = [:]
        for certificate in objects.certificates.sorted(by: { $0.key < $1.key }) {
            let request = RequestedCertificate(certificate)
            if let owner = owners[request.secret] {
                findings.append(
                    CertificateFinding(
                        .secretOfTwoCertificates, request.key, FieldPath("spec.secretName"),
                        "\(owner) puts its certificate into \(request.secret) already.",
                        help: "Give every Certificate a Secret of its own."))
                continue
            }
            owners[request.secret] = request.key
            requests.append(request)
        }
        let annotated =
            objects.gateways.map { AnnotatedListeners($0.key, $0.metadata, $0.spec.listeners) }
            + objects.listenerSets.map { AnnotatedListeners($0.key, $0.metadata, $0.spec.listeners) }
        for listeners in annotated.sorted(by: { $0.object < $1.object }) {
            findings += listeners.findings
            for request in listeners.requests {
                if let owner = owners[request.secret] {
                    // A Certificate of the author's own says more than the annotation, and is surely meant.
                    guard owner.kind != Certificate.groupKind.kind else { continue }
                    findings.append(
                        CertificateFinding(
                            .secretOfTwoCertificates, request.origin, request.path,
                            "\(owner) has the certificate in \(request.secret) made already.",
                            help: "Name another Secret, or write one Certificate for both."))
                    continue
                }
                owners[request.secret] = request.origin
                requests.append(request)
            }
        }
        for request in objects.requests where owners.updateValue(request.origin, forKey: request.secret) == nil {
            requests.append(request)
        }
        return requests.sorted { $0.key < $1.key }
    }
}
