package import KubernetesTypes

extension UDPRoute {
    /// What the API server would refuse: the limits and rules of the CRD, experimental channel, version `v1`.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { validateSharedFields(into: &$0) }
        return validator.issues
    }
}
