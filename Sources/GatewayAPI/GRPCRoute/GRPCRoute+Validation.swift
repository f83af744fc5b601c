package import KubernetesTypes

extension GRPCRoute {
    /// What the API server would refuse: the limits and rules of the CRD, experimental channel.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension GRPCRouteSpec {
    fileprivate func validate(into validator: inout Validator) {
        validateParentReferences(parentRefs, into: &validator)
        validator.known("useDefaultGateways", useDefaultGateways)
        validator.list("hostnames", hostnames, count: 0...16) { validator, hostname in
            validator.text(hostname, called: "the hostname", length: 1...253, format: .hostname)
        }
        validator.list("rules", rules, count: 0...16) { $1.validate(into: &$0) }
        validateRuleList(
            names: rules.map(\.name), matches: rules.reduce(0) { $0 + $1.matches.count }, of: "GRPCRoute",
            into: &validator)
    }
}

extension GRPCRouteRule {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("name", name, length: 1...253, format: .dnsSubdomain)
        validator.list("matches", matches, count: 0...64) { $1.validate(into: &$0) }
        validateFilters(filters, into: &validator)
        validator.list("backendRefs", backendRefs, count: 0...16) { validator, backendRef in
            backendRef.reference.validate(into: &validator)
            validator.number("weight", backendRef.weight, in: 0...1_000_000)
            validateFilters(backendRef.filters, into: &validator)
        }
        validator.field("sessionPersistence", sessionPersistence) { $1.validate(into: &$0) }
    }
}

/// Checks `filters` of a rule or of a backendRef, at what has them.
private func validateFilters(_ filters: [GRPCRouteFilter], into validator: inout Validator) {
    validator.list("filters", filters, count: 0...16) { $1.validate(into: &$0) }
    validator.unique("filters", filters, by: \.typeUsedOnce) { validator, filter in
        validator.report(
            .filterRepeated, "A second \(filter.type) filter is not allowed.", help: "Merge it with the first one.")
    }
}

extension GRPCRouteFilter {
    /// The type, if a list may have only one filter of it.
    fileprivate var typeUsedOnce: GRPCRouteFilterType? {
        switch type {
        case .requestHeaderModifier, .responseHeaderModifier: type
        case .requestMirror, .extensionRef, .unrecognized: nil
        }
    }

    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        validateUnion(
            of: type,
            [
                (.requestHeaderModifier, "requestHeaderModifier", requestHeaderModifier != nil),
                (.responseHeaderModifier, "responseHeaderModifier", responseHeaderModifier != nil),
                (.requestMirror, "requestMirror", requestMirror != nil),
                (.extensionRef, "extensionRef", extensionRef != nil),
            ], into: &validator)
        validator.field("requestHeaderModifier", requestHeaderModifier) { $1.validate(into: &$0) }
        validator.field("responseHeaderModifier", responseHeaderModifier) { $1.validate(into: &$0) }
        validator.field("requestMirror", requestMirror) { $1.validate(into: &$0) }
        validator.field("extensionRef", extensionRef) { validator, reference in
            validateReference(into: &validator, group: reference.group, kind: reference.kind, name: reference.name)
        }
    }
}
