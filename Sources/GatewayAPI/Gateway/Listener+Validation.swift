import KubernetesTypes

/// Checks `spec.listeners`, at the spec of a Gateway.
func validateListeners(_ listeners: [Listener], into validator: inout Validator) {
    validator.list("listeners", listeners, count: 1...64) { $1.validate(into: &$0) }
    validator.unique("listeners", listeners, by: \.name) { validator, listener in
        validator.field("name") {
            $0.report(
                .duplicateEntry,
                "The listener name \(Validator.quoted(listener.name)) stands twice.",
                help: "Give every listener its own name.")
        }
    }
    validator.unique("listeners", listeners, by: ListenerKey.init) { validator, listener in
        let host = listener.hostname.map { "hostname \(Validator.quoted($0))" } ?? "no hostname"
        validator.report(
            .listenerTaken,
            "Port \(listener.port) with protocol \(listener.protocol) and \(host) is taken by an earlier listener.",
            help: "Change the port, the protocol or the hostname.")
    }
}

/// What must differ between any two listeners.
private struct ListenerKey: Hashable {
    var port: UInt16
    var `protocol`: ListenerProtocol
    var hostname: String?

    init(_ listener: Listener) {
        port = listener.port
        `protocol` = listener.protocol
        hostname = listener.hostname
    }
}

extension Listener {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("name", name, length: 1...253, format: .dnsSubdomain)
        validator.text("hostname", hostname, length: 1...253, format: .hostname)
        validator.number("port", port, in: 1...UInt16.max)
        validator.text("protocol", `protocol`.rawValue, length: 1...255, format: .protocolName)
        validateProtocol(into: &validator)
        validator.field("tls", tls) { $1.validate(into: &$0) }
        validator.field("allowedRoutes") { allowedRoutes.validate(into: &$0) }
    }

    private func validateProtocol(into validator: inout Validator) {
        if [.http, .tcp, .udp].contains(`protocol`), tls != nil {
            validator.field("tls") {
                $0.report(
                    .tlsOnPlainListener,
                    "A listener with protocol \(`protocol`) has no TLS.",
                    help: "Take `tls` out, or change the protocol to HTTPS or TLS.")
            }
        }
        if `protocol` == .https, let tls, tls.mode != .terminate {
            validator.field("tls") { validator in
                validator.field("mode") {
                    $0.report(
                        .tlsModeOfHTTPS,
                        "An HTTPS listener cannot have the tls mode \(tls.mode).",
                        help: "Use `mode: Terminate`, or the protocol TLS to pass connections through.")
                }
            }
        }
        if `protocol` == .tls, tls == nil {
            validator.report(
                .tlsMissing, "A TLS listener needs `tls`.", help: "Add `tls` with the mode Terminate or Passthrough.")
        }
        if [.tcp, .udp].contains(`protocol`), hostname != nil {
            validator.field("hostname") {
                $0.report(
                    .hostnameOnL4Listener, "A \(`protocol`) listener cannot tell hostnames apart.",
                    help: "Take `hostname` out.")
            }
        }
    }
}

extension ListenerTLSConfig {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("mode", mode)
        validator.list("certificateRefs", certificateRefs, count: 0...64) { $1.validate(into: &$0) }
        validator.map("options", options, count: 0...16, valueLength: 0...4096)
        if mode == .terminate, certificateRefs.isEmpty, options.isEmpty {
            validator.report(
                .certificateMissing,
                "To terminate TLS the listener needs a certificate.",
                help: "Name a Secret of type kubernetes.io/tls in certificateRefs.")
        }
    }
}

extension AllowedRoutes {
    fileprivate func validate(into validator: inout Validator) {
        validator.field("namespaces") { validator in
            if namespaces.from == .none {
                validator.field("from") {
                    $0.reportUnknown("from", namespaces.from.rawValue, known: ["All", "Selector", "Same"])
                }
            }
            validator.known("from", namespaces.from)
            validator.field("selector", namespaces.selector) { $1.validate(into: &$0) }
        }
        validator.list("kinds", kinds, count: 0...8) { validator, kind in
            validator.text("group", kind.group, length: 0...253, format: .apiGroup)
            validator.text("kind", kind.kind, length: 1...63, format: .kind)
        }
    }
}
