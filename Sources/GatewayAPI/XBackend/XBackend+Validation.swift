package import KubernetesTypes

extension XBackend {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension XBackendSpec {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        if type == .externalHostname, externalHostname == nil {
            validator.report(
                .memberMissing, "A backend of type ExternalHostname needs externalHostname.",
                help: "Add `externalHostname` with a hostname.")
        } else if type != .externalHostname, externalHostname != nil {
            validator.field("externalHostname") {
                $0.report(
                    .memberOfOtherType, "externalHostname does not belong to a backend of type \(type).",
                    help: "Take it out, or set `type: ExternalHostname`.")
            }
        }
        validator.field("externalHostname", externalHostname) { validator, external in
            validator.text("hostname", external.hostname, length: 1...253, format: .dnsSubdomain)
            if external.hostname.hasSuffix(".cluster.local") {
                validator.field("hostname") {
                    $0.report(
                        .hostnameOfCluster, "\(Validator.quoted(external.hostname)) is a name of the cluster.",
                        help: "Refer to the Service itself.")
                }
            }
        }
        validator.field("port") { validator in
            validator.text("name", port.name, length: 0...63, format: port.name?.isEmpty == false ? .dnsLabel : nil)
            validator.number("port", port.port, in: 1...UInt16.max)
        }
        validator.known("protocol", `protocol`)
        validator.field("tls", tls) { $1.validate(into: &$0) }
    }
}

extension XBackendTLS {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("mode", mode)
        validator.field("clientCertificateRef", clientCertificateRef) { $1.validate(into: &$0) }
        if mode == .clientAndServer, clientCertificateRef == nil {
            validator.report(
                .memberMissing, "The mode ClientAndServer needs clientCertificateRef.",
                help: "Add it with the name of a Secret, or use `mode: ServerOnly`.")
        } else if mode != .clientAndServer, clientCertificateRef != nil {
            validator.field("clientCertificateRef") {
                $0.report(
                    .memberOfOtherType, "clientCertificateRef does not belong to the mode \(mode).",
                    help: "Take it out, or use `mode: ClientAndServer`.")
            }
        }
        validator.field("validation", validation) { $1.validate(into: &$0) }
    }
}
