package import KubernetesTypes

extension ReferenceGrant {
    /// What the API server would refuse: the limits of the CRD.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { validator in
            validator.list("from", spec.from, count: 1...16) { validator, from in
                validator.text("group", from.group, length: 0...253, format: .apiGroup)
                validator.text("kind", from.kind, length: 1...63, format: .kind)
                validator.text("namespace", from.namespace, length: 1...63, format: .dnsLabel)
            }
            validator.list("to", spec.to, count: 1...16) { validator, to in
                validator.text("group", to.group, length: 0...253, format: .apiGroup)
                validator.text("kind", to.kind, length: 1...63, format: .kind)
                validator.text("name", to.name, length: 1...253)
            }
        }
        return validator.issues
    }
}
