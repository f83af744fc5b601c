import KubernetesTypes

/// Checks the fields that all references share, at the current place.
func validateReference(
    into validator: inout Validator, group: String, kind: String, name: String, namespace: String? = nil
) {
    validator.text("group", group, length: 0...253, format: .apiGroup)
    validator.text("kind", kind, length: 1...63, format: .kind)
    validator.text("name", name, length: 1...253)
    validator.text("namespace", namespace, length: 1...63, format: .dnsLabel)
}

extension BackendObjectReference {
    func validate(into validator: inout Validator) {
        validateReference(into: &validator, group: group, kind: kind, name: name, namespace: namespace)
        validator.number("port", port, in: 1...UInt16.max)
        if group.isEmpty, kind == "Service", port == nil {
            validator.report(
                .servicePortMissing,
                "A reference to a Service needs a port.", help: "Add `port` with a port number of the Service.")
        }
    }
}

extension SecretObjectReference {
    func validate(into validator: inout Validator) {
        validateReference(into: &validator, group: group, kind: kind, name: name, namespace: namespace)
    }
}

extension ObjectReference {
    func validate(into validator: inout Validator) {
        validateReference(into: &validator, group: group, kind: kind, name: name, namespace: namespace)
    }
}

extension ParentReference {
    fileprivate func validate(into validator: inout Validator) {
        validateReference(into: &validator, group: group, kind: kind, name: name, namespace: namespace)
        validator.text("sectionName", sectionName, length: 1...253, format: .dnsSubdomain)
        validator.number("port", port, in: 1...UInt16.max)
    }

    fileprivate func hasSameParent(as other: ParentReference) -> Bool {
        group == other.group && kind == other.kind && name == other.name
            && (namespace ?? "") == (other.namespace ?? "")
    }
}

/// Checks `spec.parentRefs` of any route, at the spec. A parent may be named more than once only through different
/// listeners, told apart by the same fields everywhere (rule of the experimental channel, which knows ports).
func validateParentReferences(_ references: [ParentReference], into validator: inout Validator) {
    validator.list("parentRefs", references, count: 0...32) { validator, reference in
        reference.validate(into: &validator)
    }
    validator.field("parentRefs") { validator in
        for (index, reference) in references.enumerated() {
            for earlier in references[..<index] where reference.hasSameParent(as: earlier) {
                let sameFields =
                    (reference.sectionName == nil) == (earlier.sectionName == nil)
                    && (reference.port == nil) == (earlier.port == nil)
                if sameFields, reference.sectionName != earlier.sectionName || reference.port != earlier.port {
                    continue
                }
                validator.element(index) {
                    $0.report(
                        .parentNamedTwice,
                        "The \(reference.kind) \(Validator.quoted(reference.name)) is a parent already"
                            + (sameFields ? "." : ", with other fields set."),
                        help: "Name it once, or give each of its entries a different sectionName or port.")
                }
                break
            }
        }
    }
}
