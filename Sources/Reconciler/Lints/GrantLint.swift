import GatewayAPI
import KubernetesTypes
import Routing

/// ReferenceGrants that allow what nobody asks for.
enum GrantLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        let references = CrossReferences(context.state)
        return context.state.referenceGrants.entries.flatMap { stored in
            stored.object.spec.from.enumerated().compactMap { index, from in
                diagnostic(stored.object, from, index: index, references)
            }
        }
    }

    private static func diagnostic(
        _ grant: ReferenceGrant, _ from: ReferenceGrantFrom, index: Int, _ references: CrossReferences
    ) -> Diagnostic? {
        let namespace = grant.metadata.namespace
        let kind = GroupKind(group: from.group, kind: from.kind)
        guard references.knows(kind) else { return nil }
        let isUsed = references.all.contains { reference in
            reference.from == kind && reference.fromNamespace == from.namespace
                && reference.target.namespace == namespace
                && grant.spec.to.contains { $0.fits(reference) }
        }
        if isUsed { return nil }
        let path = FieldPath("spec.from").index(index)
        let targets = Wording.list(grant.spec.to.map(\.wording), conjunction: "or")
        func result(
            _ code: DiagnosticCode, _ severity: DiagnosticSeverity, _ text: String, _ help: String
        ) -> Diagnostic {
            Diagnostic(
                object: grant.key, code: code, severity: severity, path: path,
                message: text, help: help)
        }
        if from.namespace == namespace {
            return result(
                .grantUnused, .warning, "References inside of namespace \(namespace) need no grant.", "Take it out.")
        }
        let subject = "No \(from.kind) in namespace \(from.namespace) refers to \(targets) in namespace \(namespace)"
        if let reverse = references.reverse(of: grant, from) {
            return result(
                .grantReversed, .warning, "\(subject): the grant points the wrong way. \(reverse.fact)", reverse.advice)
        }
        let isSeen = references.has(kind, in: from.namespace)
        return result(
            .grantUnused, isSeen ? .warning : .note,
            isSeen
                ? "\(subject): the grant allows what nobody asks for." : "\(subject), as far as these manifests show.",
            isSeen
                ? "Correct the namespace or the kind, or take the grant out." : "Check it together with what uses it.")
    }
}

extension ReferenceGrantTo {
    fileprivate var wording: String { name.map { "\(kind) \($0)" } ?? "any \(kind)" }

    fileprivate func fits(_ reference: CrossReferences.Reference) -> Bool {
        group == reference.to.group && kind == reference.to.kind
            && (name ?? reference.target.name) == reference.target.name
    }
}
