package import KubernetesTypes

extension GatewayClass {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: false)
        validator.field("spec") { validator in
            validator.text("controllerName", spec.controllerName, length: 1...253, format: .controllerName)
            validator.text("description", spec.description, length: 0...64)
            validator.field("parametersRef", spec.parametersRef) { validator, reference in
                validateReference(
                    into: &validator, group: reference.group, kind: reference.kind, name: reference.name,
                    namespace: reference.namespace)
            }
        }
        return validator.issues
    }
}
