import GatewayAPI
import KubernetesTypes
import Manifests

/// Decodes a text as `test.yaml`.
func decode(_ text: String, file: String = "test.yaml") -> DecodedManifests {
    ManifestDecoder().decode(text, file: file)
}

extension DecodedManifests {
    /// `path: message help` of every diagnostic.
    var messages: [String] {
        diagnostics.map { "\($0.fieldPath): \($0.message) \($0.help)" }
    }

    /// `line:column path` of every diagnostic.
    var places: [String] {
        diagnostics.map { "\($0.location.position) \($0.fieldPath)" }
    }

    var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }

    var routes: [HTTPRoute] {
        objects.compactMap { if case .httpRoute(let route) = $0.object { route } else { nil } }
    }

    var gateways: [Gateway] {
        objects.compactMap { if case .gateway(let gateway) = $0.object { gateway } else { nil } }
    }

    var secrets: [Secret] {
        objects.compactMap { if case .secret(let secret) = $0.object { secret } else { nil } }
    }

    var services: [Service] {
        objects.compactMap { if case .service(let service) = $0.object { service } else { nil } }
    }
}

/// An HTTPRoute with the given lines below `spec`, indented by two spaces.
func route(spec: String, name: String = "r") -> String {
    """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: \(name)}
    spec:

    """ + indented(spec, by: 2)
}

/// A Gateway with the given lines below `spec`, indented by two spaces.
func gateway(spec: String) -> String {
    """
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata: {name: g}
    spec:
      gatewayClassName: c

    """ + indented(spec, by: 2)
}

func indented(_ text: String, by count: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String(repeating: " ", count: count) + $0 }
        .joined(separator: "\n")
}
