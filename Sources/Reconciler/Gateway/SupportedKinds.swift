import GatewayAPI
import KubernetesTypes

extension ListenerEvaluation {
    /// Fills `supportedKinds` from the protocol and `allowedRoutes.kinds`.
    mutating func resolveRouteKinds() {
        let requested = spec.allowedRoutes.kinds
        let served = isProtocolSupported ? RouteGroupKind.carried(by: spec.protocol) : []
        guard !requested.isEmpty else {
            supportedKinds = served
            return
        }
        for (index, kind) in requested.enumerated() {
            if served.contains(kind) {
                if !supportedKinds.contains(kind) { supportedKinds.append(kind) }
            } else if let finding = objection(to: kind, at: path.field("allowedRoutes").field("kinds").index(index)) {
                addUnresolved(.invalidRouteKinds, finding)
            }
        }
    }

    /// TLS, TCP and UDP listeners are known, but their routes are not served.
    private var isProtocolSupported: Bool { spec.protocol == .http || spec.protocol == .https }

    private func objection(to kind: RouteGroupKind, at path: FieldPath) -> Finding? {
        let carried = RouteGroupKind.carried(by: spec.protocol)
        if !carried.contains(kind) {
            // Of an unknown protocol nobody can say what it carries.
            guard !carried.isEmpty else { return nil }
            return Finding(
                .invalidRouteKind, path, "A listener of protocol \(spec.protocol) cannot carry \(kind.description).",
                help: "It can carry \(Wording.list(carried.map(\.description))).")
        }
        // The refused protocol has been reported already.
        guard isProtocolSupported else { return nil }
        return Finding(
            .unservedRouteKind, path, "\(kind.description) is not served by this version.", help: "HTTPRoute is.")
    }
}

extension RouteGroupKind {
    static let httpRoute = RouteGroupKind(HTTPRoute.self)
    static let grpcRoute = RouteGroupKind(GRPCRoute.self)

    init(_ type: any GatewayRoute.Type) {
        self.init(kind: type.groupKind.kind)
    }

    /// The group is only worth mentioning where it is not the usual one.
    var description: String { group == gatewayAPIGroup ? kind : "\(GroupKind(group: group, kind: kind))" }

    /// The kinds of routes that suit a protocol, whether this version serves them or not.
    static func carried(by protocol: ListenerProtocol) -> [RouteGroupKind] {
        switch `protocol` {
        case .http, .https: [.httpRoute, .grpcRoute]
        case .tls: [RouteGroupKind(kind: "TLSRoute")]
        case .tcp: [RouteGroupKind(kind: "TCPRoute")]
        case .udp: [RouteGroupKind(kind: "UDPRoute")]
        case .unrecognized: []
        }
    }

    /// The protocols that suit the kind.
    var carriers: [ListenerProtocol] { ListenerProtocol.known.filter { Self.carried(by: $0).contains(self) } }
}
