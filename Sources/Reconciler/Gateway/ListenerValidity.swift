import GatewayAPI
import KubernetesTypes
import Routing

extension ListenerEvaluation {
    /// What can be said of a listener without looking at anything else.
    mutating func checkValidity() {
        checkProtocol()
        checkHostname()
        if spec.protocol == .https { checkTermination() }
        if spec.protocol == .tls { checkTLSMode() }
    }

    private mutating func checkProtocol() {
        switch spec.protocol {
        case .http, .https, .tls, .tcp, .udp: break
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
        } else {
            checkCertificates(tls)
        }
    }

    private mutating func checkTLSMode() {
        switch spec.tls?.mode {
        case nil:
            refuse(
                .listenerTLS, .invalid, "tls", "A TLS listener has to say what becomes of TLS.",
                help: "Add tls with mode: Passthrough, or with mode: Terminate and certificateRefs.")
        case .passthrough: break
        case .terminate: spec.tls.map { checkCertificates($0) }
        case .unrecognized(let mode):
            refuse(
                .listenerTLS, .unsupportedValue, "tls", "There is no TLS mode \(mode).",
                help: "Write Passthrough or Terminate.")
        }
    }

    private mutating func checkCertificates(_ tls: ListenerTLSConfig) {
        guard tls.certificateRefs.isEmpty else { return }
        refuse(
            .listenerTLS, .unsupportedValue, "tls", "tls.options cannot take the place of a certificate here.",
            help: "Add tls.certificateRefs.")
    }
}
