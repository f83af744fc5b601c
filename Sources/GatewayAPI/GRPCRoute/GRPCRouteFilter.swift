import KubernetesTypes

/// `filters[]` of a rule or of a backendRef. The field that belongs to the type is set, the others are not. The filters
/// mean what those of HTTPRoutes with the same names do.
package struct GRPCRouteFilter: Sendable, Hashable {
    package var type: GRPCRouteFilterType
    package var requestHeaderModifier: HTTPHeaderFilter?
    package var responseHeaderModifier: HTTPHeaderFilter?
    package var requestMirror: HTTPRequestMirrorFilter?
    package var extensionRef: LocalObjectReference?

    package init(
        type: GRPCRouteFilterType, requestHeaderModifier: HTTPHeaderFilter? = nil,
        responseHeaderModifier: HTTPHeaderFilter? = nil, requestMirror: HTTPRequestMirrorFilter? = nil,
        extensionRef: LocalObjectReference? = nil
    ) {
        self.type = type
        self.requestHeaderModifier = requestHeaderModifier
        self.responseHeaderModifier = responseHeaderModifier
        self.requestMirror = requestMirror
        self.extensionRef = extensionRef
    }
}

/// `filters[].type`.
package enum GRPCRouteFilterType: OpenEnum {
    case responseHeaderModifier
    case requestHeaderModifier
    case requestMirror
    case extensionRef
    /// A value that a newer CRD may allow.
    case unrecognized(String)

    package static let known: [GRPCRouteFilterType] = [
        .responseHeaderModifier, .requestHeaderModifier, .requestMirror, .extensionRef,
    ]

    package var rawValue: String {
        switch self {
        case .responseHeaderModifier: "ResponseHeaderModifier"
        case .requestHeaderModifier: "RequestHeaderModifier"
        case .requestMirror: "RequestMirror"
        case .extensionRef: "ExtensionRef"
        case .unrecognized(let value): value
        }
    }
}
