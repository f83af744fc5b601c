package import KubernetesTypes

extension TLSRoute {
    /// What the API server would refuse: the limits and rules of the CRD, experimental channel, version `v1`.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { validator in
            validator.list("hostnames", spec.hostnames, count: 1...1024) { validator, hostname in
                validator.text(hostname, called: "the hostname", length: 1...253, format: .hostname)
                if TextFormat.ipv4Address.matches(hostname) {
                    validator.report(
                        .addressAsServerName,
                        "\(Validator.quoted(hostname)) is an IP address, which no client sends as its server name.",
                        help: "Write a DNS name, or use a TCPRoute.")
                }
            }
            validateSharedFields(into: &validator)
        }
        return validator.issues
    }
}
