package import KubernetesTypes

extension HTTPRoute {
    /// What the API server would refuse: the limits and rules of the CRD, experimental channel.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension HTTPRouteSpec {
    fileprivate func validate(into validator: inout Validator) {
        validateParentReferences(parentRefs, into: &validator)
        validator.known("useDefaultGateways", useDefaultGateways)
        validator.list("hostnames", hostnames, count: 0...16) { validator, hostname in
            validator.text(hostname, called: "the hostname", length: 1...253, format: .hostname)
        }
        validator.list("rules", rules, count: 1...16) { $1.validate(into: &$0) }
        validateRuleList(
            names: rules.map(\.name), matches: rules.reduce(0) { $0 + $1.matches.count }, of: "HTTPRoute",
            into: &validator)
    }
}

extension HTTPRouteRule {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("name", name, length: 1...253, format: .dnsSubdomain)
        validator.list("matches", matches, count: 0...64) { $1.validate(into: &$0) }
        validateFilters(filters, matches: matches, into: &validator)
        validator.list("backendRefs", backendRefs, count: 0...16) { validator, backendRef in
            backendRef.reference.validate(into: &validator)
            validator.number("weight", backendRef.weight, in: 0...1_000_000)
            validateFilters(backendRef.filters, matches: matches, into: &validator)
        }
        if !backendRefs.isEmpty, let index = filters.firstIndex(where: { $0.requestRedirect != nil }) {
            validator.field("filters") { validator in
                validator.element(index) {
                    $0.report(
                        .redirectWithBackends,
                        "A rule that redirects cannot have backendRefs.",
                        help: "Take out backendRefs, or the RequestRedirect filter.")
                }
            }
        }
        validator.field("timeouts", timeouts) { $1.validate(into: &$0) }
        validator.field("retry", retry) { $1.validate(into: &$0) }
        validator.field("sessionPersistence", sessionPersistence) { $1.validate(into: &$0) }
    }
}

extension HTTPRouteTimeouts {
    fileprivate func validate(into validator: inout Validator) {
        guard let request, let backendRequest, !request.isZero, backendRequest > request else { return }
        validator.field("backendRequest") {
            $0.report(
                .backendTimeoutTooLong,
                "backendRequest \(backendRequest) is longer than request \(request).",
                help: "Make it at most as long as the timeout of the whole request.")
        }
    }
}

extension HTTPRouteRetry {
    fileprivate func validate(into validator: inout Validator) {
        validator.list("codes", codes, count: 0...Int.max) { validator, code in
            if !(400...599).contains(code) {
                validator.report(
                    .numberOutOfRange, "The code \(code) is outside of 400...599.", help: "Use a code from 400 to 599.")
            }
        }
        validateSet("codes", codes, into: &validator)
        validator.number("attempts", attempts, in: 1...Int.max)
    }
}

extension SessionPersistence {
    func validate(into validator: inout Validator) {
        validator.text("sessionName", sessionName, length: 0...128)
        validator.known("type", type)
        guard let cookieConfig else { return }
        validator.field("cookieConfig") { validator in
            validator.known("lifetimeType", cookieConfig.lifetimeType)
            if cookieConfig.lifetimeType == .permanent, absoluteTimeout == nil {
                validator.report(
                    .permanentCookieWithoutTimeout,
                    "A permanent cookie needs an absoluteTimeout.",
                    help: "Set sessionPersistence.absoluteTimeout, or use `lifetimeType: Session`.")
            }
            if type != .cookie {
                validator.report(
                    .cookieConfigWithoutCookie,
                    "cookieConfig is only for the type Cookie.", help: "Take it out, or use `type: Cookie`.")
            }
        }
    }
}
