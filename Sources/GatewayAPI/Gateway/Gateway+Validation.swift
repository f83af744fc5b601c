package import KubernetesTypes

extension Gateway {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension GatewaySpec {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("gatewayClassName", gatewayClassName, length: 1...253)
        validateListeners(listeners, into: &validator)
        validator.list("addresses", addresses, count: 0...16) { $1.validate(into: &$0) }
        validator.unique("addresses", addresses, by: \.uniqueKey) { validator, address in
            validator.report(
                .duplicateEntry,
                "The address \(Validator.quoted(address.value ?? "")) stands twice.", help: "Name every address once.")
        }
        validator.field("infrastructure", infrastructure) { $1.validate(into: &$0) }
        validator.field("allowedListeners", allowedListeners) { validator, allowed in
            validator.field("namespaces") { validator in
                validator.known("from", allowed.namespaces.from)
                validator.field("selector", allowed.namespaces.selector) { $1.validate(into: &$0) }
            }
        }
        validator.field("tls", tls) { $1.validate(into: &$0) }
        validator.known("defaultScope", defaultScope)
    }
}

extension GatewaySpecAddress {
    /// Types and values that may stand only once; values of other types are not compared.
    fileprivate var uniqueKey: [String]? {
        guard let value, type == .ipAddress || type == .hostname else { return nil }
        return [type.rawValue, value]
    }

    fileprivate func validate(into validator: inout Validator) {
        validator.text("type", type.rawValue, length: 1...253, format: .addressType)
        validator.text("value", value, length: 0...253)
        guard let value else { return }
        if type == .hostname {
            validator.text("value", value, format: value.isEmpty ? nil : .hostname)
        } else if type == .ipAddress, !value.isEmpty, !TextFormat.ipv4Address.matches(value),
            !TextFormat.ipv6Address.matches(value)
        {
            validator.field("value") {
                $0.report(
                    .notAnIPAddress,
                    "\(Validator.quoted(value)) is not an IP address.",
                    help: "Use an IPv4 or IPv6 address, or set `type: Hostname`.")
            }
        }
    }
}

extension GatewayInfrastructure {
    fileprivate func validate(into validator: inout Validator) {
        validator.map(
            "labels", labels, count: 0...8, keyFormat: .qualifiedName, valueLength: 0...63, valueFormat: .labelValue)
        validator.map("annotations", annotations, count: 0...16, keyFormat: .qualifiedName, valueLength: 0...4096)
        for (field, map) in [("labels", labels), ("annotations", annotations)] {
            validator.field(field) { Self.validatePrefixes(of: map, into: &$0) }
        }
        validator.field("parametersRef", parametersRef) { validator, reference in
            validateReference(into: &validator, group: reference.group, kind: reference.kind, name: reference.name)
        }
    }

    /// The CRD measures what stands before the first `/`, which is the whole key when there is none.
    private static func validatePrefixes(of map: [String: String], into validator: inout Validator) {
        for key in map.keys.sorted() where key.prefix(while: { $0 != "/" }).unicodeScalars.count >= 253 {
            validator.key(key) {
                $0.report(
                    .keyPrefixTooLong,
                    "The prefix of the key is longer than a DNS name can be.",
                    help: "Use a prefix of at most 252 characters.")
            }
        }
    }
}

extension GatewayTLSConfig {
    fileprivate func validate(into validator: inout Validator) {
        validator.field("backend", backend) { validator, backend in
            validator.field("clientCertificateRef", backend.clientCertificateRef) { $1.validate(into: &$0) }
        }
        validator.field("frontend", frontend) { validator, frontend in
            validator.field("default") { frontend.default.validate(into: &$0) }
            validator.list("perPort", frontend.perPort, count: 0...64) { validator, entry in
                validator.number("port", entry.port, in: 1...UInt16.max)
                validator.field("tls") { entry.tls.validate(into: &$0) }
            }
            validator.unique("perPort", frontend.perPort, by: \.port) { validator, entry in
                validator.report(
                    .duplicateEntry,
                    "The port \(entry.port) stands twice in perPort.", help: "Put everything for a port into one entry."
                )
            }
        }
    }
}

extension TLSConfig {
    fileprivate func validate(into validator: inout Validator) {
        validator.field("validation", validation) { validator, validation in
            validator.list("caCertificateRefs", validation.caCertificateRefs, count: 1...16) { $1.validate(into: &$0) }
            validator.known("mode", validation.mode)
        }
    }
}
