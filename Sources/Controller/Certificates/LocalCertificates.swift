import CertManager
import GatewayAPI
import KubernetesTypes
import Manifests
import Routing

/// What `--local-ca` makes: a certificate for every listener that ends TLS and whose Secret neither stands in the files
/// nor is asked for otherwise. For the hostnames of the listener and of its routes, and for the machine itself.
struct LocalCertificates {
    /// Addresses that a browser on the same machine uses.
    private static let ownNames = ["localhost"]
    private static let ownAddresses = ["127.0.0.1", "::1"]
    private static let mostNames = 100

    private let routes: [any GatewayRoute]
    private(set) var requests: [RequestedCertificate] = []

    /// - Parameter taken: Secrets that are there, or that somebody asks for.
    init(_ snapshot: ManifestSnapshot, taken: Set<ObjectKey>) {
        routes = snapshot.objects.compactMap { $0.object.typed as? any GatewayRoute }
        for decoded in snapshot.objects {
            guard let metadata = decoded.object.metadata else { continue }
            for (index, listener) in decoded.object.listeners.enumerated() {
                guard [.https, .tls].contains(listener.protocol), let tls = listener.tls, tls.mode == .terminate
                else { continue }
                for (position, reference) in tls.certificateRefs.enumerated() {
                    guard reference.group.isEmpty, reference.kind == Secret.groupKind.kind else { continue }
                    let secret = ObjectKey(
                        Secret.groupKind, namespace: reference.namespace ?? metadata.namespace, name: reference.name)
                    guard !taken.contains(secret) else { continue }
                    let path = FieldPath("spec.listeners").index(index).field("tls").field("certificateRefs")
                    add(names(of: listener, in: decoded.key), to: secret, of: decoded.key, at: path.index(position))
                }
            }
        }
    }

    private mutating func add(_ names: [String], to secret: ObjectKey, of origin: ObjectKey, at path: FieldPath) {
        if let known = requests.firstIndex(where: { $0.secret == secret }) {
            let more = names.filter { !requests[known].spec.dnsNames.contains($0) }
            requests[known].spec.dnsNames += more
        } else {
            requests.append(
                RequestedCertificate(
                    localFor: secret, origin: origin, path: path,
                    spec: CertificateSpec(
                        secretName: secret.name, issuerRef: LocalAuthority.reference, dnsNames: names,
                        ipAddresses: Self.ownAddresses, privateKey: CertificatePrivateKeySpec(algorithm: .ecdsa),
                        usages: [.digitalSignature, .serverAuth])))
        }
    }

    private func names(of listener: Listener, in object: ObjectKey) -> [String] {
        let own = listener.hostname.flatMap(HostnamePattern.init) ?? .any
        var names = own == .any ? [] : [own.description]
        for route in routes where route.parentRefs.contains(where: { isMeant(listener, in: object, by: $0, of: route) })
        {
            for hostname in route.hostnames {
                guard let shared = HostnamePattern(hostname)?.intersection(own), names.count < Self.mostNames,
                    !names.contains(shared.description)
                else { continue }
                names.append(shared.description)
            }
        }
        return names + Self.ownNames
    }

    private func isMeant(
        _ listener: Listener, in object: ObjectKey, by parent: ParentReference, of route: any GatewayRoute
    ) -> Bool {
        parent.kind == object.kind && parent.name == object.name
            && parent.namespace ?? route.metadata.namespace == object.namespace
            && parent.sectionName ?? listener.name == listener.name && parent.port ?? listener.port == listener.port
    }
}
