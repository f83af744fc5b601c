import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `requestHeaderModifier` and `responseHeaderModifier`.
struct HeaderModifierTranslation {
    var modifier = HeaderModifier()
    /// What the request modifier sets Host to: the work of a rewrite.
    var host: String?

    enum Direction {
        case request, response
    }

    init(_ filter: HTTPHeaderFilter, _ direction: Direction, at path: FieldPath, _ findings: inout RuleFindings) {
        for (index, header) in filter.set.enumerated() {
            let path = path.field("set").index(index)
            guard Self.isUsable(header, among: filter.set[..<index], at: path, &findings) else { continue }
            if header.name.lowercased() == "host" {
                if direction == .request {
                    host = header.value
                } else {
                    findings.notes.append(Finding(.hostNotChanged, path, "Host is not set: responses have none."))
                }
            } else {
                modifier.set.append(HeaderModifier.Field(name: header.name, value: header.value))
            }
        }
        for (index, header) in filter.add.enumerated() {
            let path = path.field("add").index(index)
            guard Self.isUsable(header, among: filter.add[..<index], at: path, &findings) else { continue }
            if header.name.lowercased() == "host" {
                findings.notes.append(
                    Finding(
                        .hostNotChanged, path, "Host is not added: a request has exactly one.",
                        help: "Use set, or URLRewrite."))
            } else {
                modifier.add.append(HeaderModifier.Field(name: header.name, value: header.value))
            }
        }
        for (index, name) in filter.remove.enumerated() {
            let path = path.field("remove").index(index)
            guard Self.isUsable(name, at: path, &findings) else { continue }
            if name.lowercased() == "host" {
                findings.notes.append(
                    Finding(.hostNotChanged, path, "Host is not removed: every request must have one."))
            } else {
                modifier.remove.append(name)
            }
        }
    }

    var isEmpty: Bool { modifier.set.isEmpty && modifier.add.isEmpty && modifier.remove.isEmpty }

    private static func isUsable(
        _ header: HTTPHeader, among earlier: ArraySlice<HTTPHeader>, at path: FieldPath, _ findings: inout RuleFindings
    ) -> Bool {
        guard isUsable(header.name, at: path.field("name"), &findings) else { return false }
        guard HeaderModifier.isValid(value: header.value) else {
            findings.problems.append(
                .unsupported(
                    .headerValue, path.field("value"), "The value of header \(header.name) contains control characters."
                ))
            return false
        }
        guard !earlier.contains(where: { $0.name.lowercased() == header.name.lowercased() }) else {
            findings.notes.append(
                Finding(
                    .repeatedHeader, path, "This entry is ignored: an earlier one is for header \(header.name) already."
                ))
            return false
        }
        return true
    }

    /// Names that describe one hop or the framing of one message are the proxy's own: set by a filter they would break
    /// the connection or let one message pass for two.
    private static func isUsable(_ name: String, at path: FieldPath, _ findings: inout RuleFindings) -> Bool {
        guard HeaderModifier.isValid(name: name) else {
            findings.problems.append(.unsupported(.headerName, path, "\"\(name)\" is not the name of a header."))
            return false
        }
        guard HeaderModifier.isModifiable(name: name) || name.lowercased() == "host" else {
            findings.notes.append(
                Finding(
                    .connectionHeader, path,
                    "\(name) belongs to the connection or the framing of the message and is not changed.",
                    help: "Remove the entry."))
            return false
        }
        return true
    }
}
