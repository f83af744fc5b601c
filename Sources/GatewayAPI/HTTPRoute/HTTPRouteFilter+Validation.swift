import KubernetesTypes

/// Checks `filters` of a rule or of a backendRef, at what has them.
func validateFilters(_ filters: [HTTPRouteFilter], matches: [HTTPRouteMatch], into validator: inout Validator) {
    validator.list("filters", filters, count: 0...16) { validator, filter in
        filter.validate(into: &validator)
        filter.validatePrefixReplacement(matches: matches, into: &validator)
    }
    validator.unique("filters", filters, by: \.typeUsedOnce) { validator, filter in
        validator.report(
            .filterRepeated, "A second \(filter.type) filter is not allowed.", help: "Merge it with the first one.")
    }
    if filters.contains(where: { $0.type == .requestRedirect }),
        let rewrite = filters.firstIndex(where: { $0.type == .urlRewrite })
    {
        validator.field("filters") { validator in
            validator.element(rewrite) {
                $0.report(
                    .redirectWithRewrite,
                    "URLRewrite cannot be used together with RequestRedirect.",
                    help: "Use the path and hostname of the redirect, or take one of the two filters out.")
            }
        }
    }
}

extension HTTPRouteFilter {
    /// The type, if a list may have only one filter of it.
    fileprivate var typeUsedOnce: HTTPRouteFilterType? {
        switch type {
        case .cors, .requestHeaderModifier, .responseHeaderModifier, .requestRedirect, .urlRewrite: type
        case .requestMirror, .extensionRef, .externalAuth, .unrecognized: nil
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
                (.requestRedirect, "requestRedirect", requestRedirect != nil),
                (.urlRewrite, "urlRewrite", urlRewrite != nil),
                (.extensionRef, "extensionRef", extensionRef != nil),
                (.cors, "cors", cors != nil),
                (.externalAuth, "externalAuth", externalAuth != nil),
            ], into: &validator)
        validator.field("requestHeaderModifier", requestHeaderModifier) { $1.validate(into: &$0) }
        validator.field("responseHeaderModifier", responseHeaderModifier) { $1.validate(into: &$0) }
        validator.field("requestMirror", requestMirror) { $1.validate(into: &$0) }
        validator.field("requestRedirect", requestRedirect) { $1.validate(into: &$0) }
        validator.field("urlRewrite", urlRewrite) { validator, rewrite in
            validator.text("hostname", rewrite.hostname, length: 1...253, format: .dnsSubdomain)
            validator.field("path", rewrite.path) { $1.validate(into: &$0) }
        }
        validator.field("cors", cors) { $1.validate(into: &$0) }
        validator.field("externalAuth", externalAuth) { $1.validate(into: &$0) }
        validator.field("extensionRef", extensionRef) { validator, reference in
            validateReference(into: &validator, group: reference.group, kind: reference.kind, name: reference.name)
        }
    }

    /// A prefix can be replaced only where exactly one prefix is matched.
    fileprivate func validatePrefixReplacement(matches: [HTTPRouteMatch], into validator: inout Validator) {
        for (field, path) in [("requestRedirect", requestRedirect?.path), ("urlRewrite", urlRewrite?.path)] {
            guard let path, path.type == .replacePrefixMatch, path.replacePrefixMatch != nil,
                matches.count != 1 || matches[0].path.type != .pathPrefix
            else { continue }
            validator.field(field) { validator in
                validator.field("path") {
                    $0.report(
                        .prefixReplacementWithoutPrefix,
                        "ReplacePrefixMatch needs a rule with exactly one match, of type PathPrefix.",
                        help: "Split the rule so that each has one PathPrefix match, or use ReplaceFullPath.")
                }
            }
        }
    }
}

extension HTTPHeaderFilter {
    func validate(into validator: inout Validator) {
        for (name, headers) in [("set", set), ("add", add)] {
            validator.list(name, headers, count: 0...16) { validator, header in
                validator.text("name", header.name, length: 1...256, format: .fieldName)
                validator.text("value", header.value, length: 1...4096, format: .fieldValue)
            }
            validateNames(name, headers.map(\.name), into: &validator)
        }
        validator.list("remove", remove, count: 0...16)
        validateSet("remove", remove, into: &validator)
    }
}

extension HTTPRequestRedirectFilter {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("scheme", scheme)
        validator.text("hostname", hostname, length: 1...253, format: .dnsSubdomain)
        validator.field("path", path) { $1.validate(into: &$0) }
        validator.number("port", port, in: 1...UInt16.max)
        if ![301, 302, 303, 307, 308].contains(statusCode) {
            validator.field("statusCode") {
                $0.report(
                    .unknownValue, "statusCode \(statusCode) is not a redirect.",
                    help: "Use one of 301, 302, 303, 307, 308.")
            }
        }
    }
}

extension HTTPPathModifier {
    fileprivate func validate(into validator: inout Validator) {
        validator.known("type", type)
        validator.text("replaceFullPath", replaceFullPath, length: 0...1024)
        validator.text("replacePrefixMatch", replacePrefixMatch, length: 0...1024)
        let members: [(type: HTTPPathModifierType, field: String, isSet: Bool)] = [
            (.replaceFullPath, "replaceFullPath", replaceFullPath != nil),
            (.replacePrefixMatch, "replacePrefixMatch", replacePrefixMatch != nil),
        ]
        for member in members {
            if member.isSet, type != member.type {
                validator.field(member.field) {
                    $0.report(
                        .memberOfOtherType,
                        "\(member.field) does not belong to a path of type \(type).",
                        help: "Take it out, or set `type: \(member.type)`.")
                }
            } else if !member.isSet, type == member.type {
                validator.report(
                    .memberMissing,
                    "A path of type \(type) needs \(member.field).", help: "Add `\(member.field)` with the new path.")
            }
        }
    }
}
