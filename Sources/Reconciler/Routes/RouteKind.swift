import GatewayAPI
import KubernetesTypes

/// The kinds of routes.
enum RouteKind: UInt8, Sendable, Hashable, CaseIterable {
    case http, grpc, tls, tcp, udp

    var groupKind: GroupKind {
        switch self {
        case .http: HTTPRoute.groupKind
        case .grpc: GRPCRoute.groupKind
        case .tls: TLSRoute.groupKind
        case .tcp: TCPRoute.groupKind
        case .udp: UDPRoute.groupKind
        }
    }

    /// `HTTPRoute`.
    var name: String { groupKind.kind }

    /// As listeners name it in `allowedRoutes.kinds`.
    var routeGroupKind: RouteGroupKind { RouteGroupKind(kind: name) }

    /// Whether connections or datagrams are passed on as they are.
    var isStream: Bool {
        switch self {
        case .http, .grpc: false
        case .tls, .tcp, .udp: true
        }
    }

    /// Whether the hostname of a listener decides about attachment.
    var hasHostnames: Bool {
        switch self {
        case .http, .grpc, .tls: true
        case .tcp, .udp: false
        }
    }

    /// The kinds that suit a protocol, whether this version serves them or not.
    static func carried(by protocol: ListenerProtocol) -> [RouteKind] {
        switch `protocol` {
        case .http, .https: [.http, .grpc]
        case .tls: [.tls]
        case .tcp: [.tcp]
        case .udp: [.udp]
        case .unrecognized: []
        }
    }

    /// The protocols that suit the kind.
    var protocols: [ListenerProtocol] {
        ListenerProtocol.known.filter { Self.carried(by: $0).contains(self) }
    }
}
