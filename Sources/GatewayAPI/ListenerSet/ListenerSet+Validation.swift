package import KubernetesTypes

extension ListenerSet {
    /// What the API server would refuse: the limits and rules of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { validator in
            validator.field("parentRef") { validator in
                let parent = spec.parentRef
                validateReference(
                    into: &validator, group: parent.group, kind: parent.kind, name: parent.name,
                    namespace: parent.namespace)
            }
            validateListeners(spec.listeners, into: &validator)
        }
        return validator.issues
    }
}
