import KubernetesTypes

extension HTTPRequestMirrorFilter {
    func validate(into validator: inout Validator) {
        validator.field("backendRef") { backendRef.validate(into: &$0) }
        validator.number("percent", percent, in: 0...100)
        if percent != nil, fraction != nil {
            validator.report(.percentAndFraction, "percent and fraction exclude each other.", help: "Keep one of them.")
        }
        validator.field("fraction", fraction) { validator, fraction in
            validator.number("numerator", fraction.numerator, in: 0...Int32.max)
            validator.number("denominator", fraction.denominator, in: 1...Int32.max)
            if fraction.numerator > fraction.denominator {
                validator.report(
                    .fractionAboveOne,
                    "The fraction \(fraction.numerator)/\(fraction.denominator) is more than everything.",
                    help: "Make the numerator at most as large as the denominator.")
            }
        }
    }
}

extension HTTPCORSFilter {
    private static let methods: [String] = HTTPMethod.known.map(\.rawValue) + ["*"]

    func validate(into validator: inout Validator) {
        validator.list("allowOrigins", allowOrigins, count: 0...64) { validator, origin in
            validator.text(origin, called: "the origin", length: 1...253, format: .corsOrigin)
        }
        validator.list("allowMethods", allowMethods, count: 0...9) { validator, method in
            if !Self.methods.contains(method) {
                validator.reportUnknown("the method", method, known: Self.methods)
            }
        }
        for (name, headers) in [("allowHeaders", allowHeaders), ("exposeHeaders", exposeHeaders)] {
            validator.list(name, headers, count: 0...64) { validator, header in
                validator.text(header, called: "the header", length: 1...256, format: .fieldName)
            }
            validateSet(name, headers, into: &validator)
        }
        validateSet("allowOrigins", allowOrigins, into: &validator)
        validateSet("allowMethods", allowMethods, into: &validator)
        for (name, values) in [
            ("allowOrigins", allowOrigins), ("allowMethods", allowMethods), ("allowHeaders", allowHeaders),
        ] where values.contains("*") && values.count > 1 {
            validator.field(name) {
                $0.report(
                    .wildcardNotAlone, "\(name) has \"*\" next to other values.",
                    help: "Keep \"*\" alone, or take it out.")
            }
        }
        validator.number("maxAge", maxAge, in: 1...Int32.max)
    }
}

extension HTTPExternalAuthFilter {
    func validate(into validator: inout Validator) {
        validator.known("protocol", `protocol`)
        validator.field("backendRef") { backendRef.validate(into: &$0) }
        let members: [(protocol: ExternalAuthProtocol, field: String, isSet: Bool)] = [
            (.grpc, "grpc", grpc != nil), (.http, "http", http != nil),
        ]
        for member in members {
            if member.isSet, `protocol` != member.protocol {
                validator.field(member.field) {
                    $0.report(
                        .memberOfOtherType,
                        "\(member.field) does not belong to the protocol \(`protocol`).",
                        help: "Take it out, or set `protocol: \(member.protocol)`.")
                }
            } else if !member.isSet, `protocol` == member.protocol {
                validator.report(
                    .memberMissing,
                    "The protocol \(`protocol`) needs \(member.field).",
                    help: "Add `\(member.field)`, which may be empty: {}.")
            }
        }
        validator.field("grpc", grpc) { validator, grpc in
            validator.list("allowedHeaders", grpc.allowedHeaders, count: 0...64)
            validateSet("allowedHeaders", grpc.allowedHeaders, into: &validator)
        }
        validator.field("http", http) { validator, http in
            validator.text("path", http.path, length: 0...1024, format: .pathCharacters)
            for (name, headers) in [
                ("allowedHeaders", http.allowedHeaders), ("allowedResponseHeaders", http.allowedResponseHeaders),
            ] {
                validator.list(name, headers, count: 0...64)
                validateSet(name, headers, into: &validator)
            }
        }
    }
}
