import KubernetesTypes

extension L4Route {
    /// Checks the fields that these kinds share, at the spec. The rules are those of `v1`, which older versions of the
    /// experimental channel relax.
    func validateSharedFields(into validator: inout Validator) {
        validateParentReferences(parentRefs, into: &validator)
        validator.known("useDefaultGateways", useDefaultGateways)
        validator.list("rules", rules, count: 1...1) { validator, rule in
            validator.text("name", rule.name, length: 1...253, format: .dnsSubdomain)
            validator.list("backendRefs", rule.backendRefs, count: 1...16) { validator, backendRef in
                backendRef.reference.validate(into: &validator)
                validator.number("weight", backendRef.weight, in: 0...1_000_000)
            }
        }
    }
}
