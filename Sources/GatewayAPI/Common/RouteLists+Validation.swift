import KubernetesTypes

/// Checks a list whose entries are told apart by their names (`x-kubernetes-list-map-keys: [name]`).
func validateNames(_ list: String, _ names: [String], into validator: inout Validator) {
    validator.unique(list, names, by: \.self) { validator, name in
        validator.report(
            .duplicateEntry,
            "The name \(Validator.quoted(name)) stands twice in \(list).", help: "Keep one entry for each name.")
    }
}

/// Checks a list in which no value may stand twice (`x-kubernetes-list-type: set`).
func validateSet<Value: Hashable>(_ name: String, _ values: [Value], into validator: inout Validator) {
    validator.unique(name, values, by: \.self) { validator, value in
        validator.report(
            .duplicateEntry, "\(Validator.quoted("\(value)")) stands twice in \(name).", help: "Name it once.")
    }
}

/// Checks what the rules of a route have in common, at the spec.
///
/// - Parameters:
///   - names: of all rules.
///   - matches: how many matches the rules have together.
///   - kind: of the route.
func validateRuleList(names: [String?], matches: Int, of kind: String, into validator: inout Validator) {
    if matches > 128 {
        validator.field("rules") {
            $0.report(
                .tooManyMatches,
                "The rules have \(matches) matches together, at most 128 are allowed.",
                help: "Move some rules to another \(kind).")
        }
    }
    validator.unique("rules", names, by: \.self) { validator, name in
        validator.field("name") {
            $0.report(
                .duplicateEntry,
                "The rule name \(Validator.quoted(name ?? "")) stands twice.",
                help: "Give every named rule its own name.")
        }
    }
}

/// Checks that of a filter's fields the one that belongs to its type is set, and no other, at the filter.
func validateUnion<FilterType: OpenEnum>(
    of type: FilterType, _ members: [(type: FilterType, field: String, isSet: Bool)], into validator: inout Validator
) {
    for member in members {
        if member.isSet, type != member.type {
            validator.field(member.field) {
                $0.report(
                    .memberOfOtherType,
                    "\(member.field) does not belong to a filter of type \(type.rawValue).",
                    help: "Take it out, or set `type: \(member.type.rawValue)`.")
            }
        } else if !member.isSet, type == member.type {
            validator.report(
                .memberMissing,
                "A filter of type \(type.rawValue) needs \(member.field).",
                help: "Add `\(member.field)` with its settings.")
        }
    }
}
