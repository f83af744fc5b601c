extension Service {
    /// What the API server would refuse, as far as it concerns the fields of this type.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true, nameFormat: .dns1035Label)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension ServiceSpec {
    fileprivate func validate(into validator: inout Validator) {
        if type == .externalName {
            let name = externalName ?? ""
            validator.field("externalName") {
                // A trailing dot is how DNS writes an absolute name.
                $0.text(
                    name.hasSuffix(".") ? String(name.dropLast()) : name, called: "externalName", length: 1...253,
                    format: .dnsSubdomain)
            }
        } else if ports.isEmpty, clusterIP != "None" {
            validator.report(
                .serviceWithoutPorts, "The Service has no ports.", help: "Add at least one entry to spec.ports.")
        }
        validator.list("ports", ports, count: 0...Int.max) { validator, port in
            validator.number("port", port.port, in: 1...UInt16.max)
            switch port.targetPort {
            case .int(let number): validator.number("targetPort", number, in: 1...65535)
            case .string(let name): validator.text("targetPort", name, length: 1...15, format: .dnsLabel)
            }
            if ports.count > 1 || !port.name.isEmpty {
                validator.text("name", port.name, length: 1...63, format: .dnsLabel)
            }
        }
        validator.unique("ports", ports, by: \.ownName) { validator, port in
            validator.report(
                .duplicateEntry,
                "The port name \(Validator.quoted(port.name)) stands twice.", help: "Give every port its own name.")
        }
    }
}

extension ServicePort {
    /// nil for the port without a name.
    fileprivate var ownName: String? { name.isEmpty ? nil : name }
}

extension EndpointSlice {
    /// What the API server would refuse, as far as it concerns the fields of this type.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        let format: TextFormat =
            switch addressType {
            case .ipv4: .ipv4Address
            case .ipv6: .ipv6Address
            case .fqdn: .dnsSubdomain
            }
        validator.list("endpoints", endpoints, count: 0...1000) { validator, endpoint in
            validator.list("addresses", endpoint.addresses, count: 1...100) { validator, address in
                validator.text(address, called: "the address", format: format)
            }
        }
        validator.list("ports", ports, count: 0...100) { validator, port in
            validator.number("port", port.port, in: 1...UInt16.max)
            if !port.name.isEmpty { validator.text("name", port.name, length: 1...63, format: .dnsLabel) }
        }
        return validator.issues
    }
}
