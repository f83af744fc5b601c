import GatewayAPI
import KubernetesTypes
import Routing

extension ListenerEvaluation {
    /// What can be said of a listener without looking at anything else.
    mutating func checkValidity() {
        checkProtocol()
        checkHostname()
        if spec.protocol == .https { checkTermination() }
    }

    private mutating func checkProtocol() {
        switch spec.protocol {
        case .http, .https: break
        case .tls, .tcp, .udp:
            refuse(
                .unservedProtocol, .unsupportedProtocol, "protocol",
                "Listeners of protocol \(spec.protocol) are not served by this version.",
                help: "HTTP and HTTPS are served.")
        case .unrecognized(let name):
            refuse(
                .unknownProtocol, .unsupportedProtocol, "protocol", "There is no protocol \(name).",
                help: "Write one of \(Wording.list(ListenerProtocol.known.map(\.rawValue), conjunction: "or")).")
        }
    }

    private mutating func checkHostname() {
        guard hostname == nil, let text = spec.hostname else { return }
        refuse(
            .listenerHostname, .unsupportedValue, "hostname", "\"\(text)\" is not a DNS name.",
            help: "Write a name such as www.example.com or *.example.com; IP addresses are not allowed.")
    }

    private mutating func checkTermination() {
        guard let tls = spec.tls else {
            refuse(
                .listenerTLS, .invalid, "tls", "An HTTPS listener needs a certificate.",
                help: "Add tls.certificateRefs.")
            return
        }
        if tls.mode != .terminate {
            refuse(
                .listenerTLS, .unsupportedValue, "tls", "An HTTPS listener cannot have the TLS mode \(tls.mode).",
                help: "Write mode: Terminate, or protocol: TLS to pass connections through.")
        } else if tls.certificateRefs.isEmpty {
            refuse(
                .listenerTLS, .unsupportedValue, "tls", "tls.options cannot take the place of a certificate here.",
                help: "Add tls.certificateRefs.")
        }
    }
}
