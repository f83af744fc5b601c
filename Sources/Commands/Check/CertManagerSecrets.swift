import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler

/// The Secrets that cert-manager will make from what the manifests ask it for: its Certificates, and listeners of Gateways
/// and ListenerSets with its annotations. They are in no manifest, and that is no mistake.
struct CertManagerSecrets {
    /// DNS names by Secret.
    private(set) var names: [ObjectKey: [String]] = [:]

    static let annotations = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer"]

    /// Looks for Certificates of cert-manager, a kind that is not decoded.
    mutating func add(_ contents: FileContents, of file: String) {
        guard case .bytes(let bytes) = contents else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("cert-manager.io/") else { return }
        for case .success(let document) in DocumentReader().read(text, file: file) {
            for object in document["items"]?.elements ?? [document] { add(object) }
        }
    }

    private mutating func add(_ object: DocumentNode) {
        guard object["kind"]?.text == "Certificate",
            object["apiVersion"]?.text?.hasPrefix("cert-manager.io/") ?? false,
            let secret = object["spec"]?["secretName"]?.text
        else { return }
        let namespace = object["metadata"]?["namespace"]?.text ?? "default"
        let hosts = object["spec"]?["dnsNames"]?.elements.compactMap(\.text) ?? []
        names[key(secret, namespace), default: []] += hosts.map { $0.lowercased() }
    }

    mutating func addAnnotated(_ snapshot: ManifestSnapshot) {
        for decoded in snapshot.objects {
            guard let metadata = decoded.object.metadata,
                Self.annotations.contains(where: { metadata.annotations[$0] != nil })
            else { continue }
            for listener in decoded.object.listeners {
                guard let tls = listener.tls, tls.mode == .terminate, let hostname = listener.hostname else { continue }
                for reference in tls.certificateRefs {
                    let key = key(reference.name, reference.namespace ?? metadata.namespace)
                    names[key, default: []].append(hostname)
                }
            }
        }
    }

    private func key(_ name: String, _ namespace: String) -> ObjectKey {
        ObjectKey(Secret.groupKind, namespace: namespace, name: name)
    }

    /// What the lints should know about certificates that are still to be made.
    var certificates: [ObjectKey: CertificateValidity] {
        names.mapValues { names in
            CertificateValidity(
                names: names, notBefore: .epoch, notAfter: Timestamp(secondsSince1970: .max / 2))
        }
    }

    /// The Secret whose absence a diagnostic is about, if it is one of these.
    func secret(missedBy diagnostic: Reconciler.Diagnostic, in object: ManifestObject?) -> ObjectKey? {
        guard diagnostic.code == .missingCertificate, let object, let namespace = object.metadata?.namespace else {
            return nil
        }
        for (index, listener) in object.listeners.enumerated() {
            for (position, reference) in (listener.tls?.certificateRefs ?? []).enumerated() {
                let path = FieldPath("spec.listeners").index(index).field("tls").field("certificateRefs")
                guard path.index(position).contains(diagnostic.path) else { continue }
                let key = key(reference.name, reference.namespace ?? namespace)
                return names[key] == nil ? nil : key
            }
        }
        return nil
    }
}

extension ManifestObject {
    /// Of a Gateway or ListenerSet.
    fileprivate var listeners: [Listener] {
        switch self {
        case .gateway(let gateway): gateway.spec.listeners
        case .listenerSet(let set): set.spec.listeners
        default: []
        }
    }
}

extension DocumentNode {
    fileprivate var text: String? {
        switch value {
        case .string(let text), .plain(let text): text
        case .mapping, .sequence: nil
        }
    }

    fileprivate var elements: [DocumentNode] {
        if case .sequence(let elements) = value { elements } else { [] }
    }
}
