import KubernetesTypes

extension GRPCRouteMatch {
    func validate(into validator: inout Validator) {
        validator.field("method", method) { $1.validate(into: &$0) }
        validator.list("headers", headers, count: 0...16) { validator, header in
            validator.text("name", header.name, length: 1...256, format: .fieldName)
            validator.text("value", header.value, length: 1...4096)
            validator.known("type", header.type)
        }
        validateNames("headers", headers.map(\.name), into: &validator)
    }
}

extension GRPCMethodMatch {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        if service == nil, method == nil {
            validator.report(
                .serviceAndMethodMissing,
                "A method match needs a service, a method or both.",
                help: "Add one of them, or leave `method` out to match every call.")
        }
        let isExact = type == .exact
        validator.text("service", service, length: 0...1024, format: isExact ? .grpcService : nil)
        validator.text("method", method, length: 0...1024, format: isExact ? .grpcMethod : nil)
    }
}

extension TextFormat {
    /// What the CRD takes for an exact service name: identifiers joined by dots, optionally with a dot in front.
    fileprivate static let grpcService = TextFormat("a service name such as `helloworld.Greeter`") { text in
        let name = text.first == UInt8(ascii: ".") ? text.dropFirst() : text
        return name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isIdentifier)
    }

    /// What the CRD takes for an exact method name: an identifier.
    fileprivate static let grpcMethod = TextFormat(
        "letters, digits and underscores, beginning with a letter or underscore", isMember: isIdentifier)
}

private func isIdentifier(_ text: String.UTF8View.SubSequence) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || isAlphanumeric(byte) && byte > UInt8(ascii: "9")
    }
    guard let first = text.first, isLetter(first) else { return false }
    return text.allSatisfy { isLetter($0) || isAlphanumeric($0) }
}
