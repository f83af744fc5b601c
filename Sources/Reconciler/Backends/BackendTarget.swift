import GatewayAPI
import KubernetesTypes
import Routing

/// An object that requests are sent to, whatever its ports: what policies are for.
struct BackendTarget: Sendable, Hashable, Comparable, CustomStringConvertible {
    var kind: BackendID.Kind
    var name: ObjectName

    init(kind: BackendID.Kind, name: ObjectName) {
        self.kind = kind
        self.name = name
    }

    init(_ id: BackendID) {
        self.init(kind: id.kind, name: id.service)
    }

    /// nil for kinds that cannot be backends.
    init?(_ kind: GroupKind, _ name: ObjectName) {
        switch kind {
        case Service.groupKind: self.init(kind: .service, name: name)
        case XBackend.groupKind: self.init(kind: .externalBackend, name: name)
        default: return nil
        }
    }

    var description: String {
        switch kind {
        case .service: "Service \(name)"
        case .externalBackend: "XBackend \(name)"
        }
    }

    static func < (lhs: BackendTarget, rhs: BackendTarget) -> Bool {
        (lhs.name, lhs.kind.rawValue) < (rhs.name, rhs.kind.rawValue)
    }
}
