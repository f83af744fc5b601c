import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `path` of a rewrite or redirect.
enum PathModifierTranslation {
    /// nil when it cannot be done; then `findings` say why.
    ///
    /// - Parameter matches: of the rule. Replacing a prefix needs to know the one prefix that was matched.
    static func translate(
        _ modifier: HTTPPathModifier, matches: [HTTPRouteMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> PathModifier? {
        let (field, value): (String, String?)
        switch modifier.type {
        case .replaceFullPath: (field, value) = ("replaceFullPath", modifier.replaceFullPath)
        case .replacePrefixMatch: (field, value) = ("replacePrefixMatch", modifier.replacePrefixMatch)
        case .unrecognized(let type):
            findings.problems.append(
                .unsupported(
                    .pathModifier, path.field("type"), "There is no path modifier \(type).",
                    help: "Write ReplaceFullPath or ReplacePrefixMatch."))
            return nil
        }
        guard let value else {
            findings.problems.append(.unsupported(.pathModifier, path, "The modifier needs \(field)."))
            return nil
        }
        guard value.utf8.allSatisfy(isPathByte) else {
            findings.problems.append(
                .unsupported(
                    .notAPath, path.field(field), "\"\(value)\" is not a path.",
                    help: "Write only characters that may stand in the path of a URL, without a query; "
                        + "percent-encode the others."))
            return nil
        }
        if modifier.type == .replaceFullPath { return .replaceFullPath(rooted(value)) }
        guard matches.count <= 1, matches.allSatisfy({ $0.path.type == .pathPrefix }) else {
            findings.problems.append(
                .unsupported(
                    .prefixNotMatched, path.field(field),
                    "ReplacePrefixMatch needs a rule with exactly one match, of type PathPrefix.",
                    help: "Split the rule, or use ReplaceFullPath."))
            return nil
        }
        return .replacePrefixMatch(value.isEmpty ? "" : rooted(value))
    }

    /// Paths of requests begin with a slash.
    private static func rooted(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }

    /// `pchar` and `/` of RFC 3986 section 3.3.
    static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~%!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}
