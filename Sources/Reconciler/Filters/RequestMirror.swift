import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `requestMirror`.
enum RequestMirrorTranslation {
    /// nil when nothing is mirrored: the backend cannot be used, which does not concern the request itself, or the
    /// share makes no sense.
    static func translate(
        _ filter: HTTPRequestMirrorFilter, _ context: FilterContext, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RequestMirror? {
        guard let share = share(of: filter, at: path, &findings),
            let backend = context.resolve(filter.backendRef, at: path.field("backendRef"), &findings)
        else { return nil }
        return RequestMirror(backend: backend, numerator: share.numerator, denominator: share.denominator)
    }

    private static func share(
        of filter: HTTPRequestMirrorFilter, at path: FieldPath, _ findings: inout RuleFindings
    ) -> (numerator: UInt32, denominator: UInt32)? {
        func refuse(_ path: FieldPath, _ message: String, _ help: String) {
            findings.problems.append(.unsupported(.mirrorShare, path, message, help: help))
        }
        switch (filter.percent, filter.fraction) {
        case (nil, nil): return (100, 100)
        case (let percent?, nil):
            guard let share = UInt32(exactly: percent), share <= 100 else {
                refuse(path.field("percent"), "\(percent) percent cannot be mirrored.", "Write 0 to 100.")
                return nil
            }
            return (share, 100)
        case (nil, let fraction?):
            guard let numerator = UInt32(exactly: fraction.numerator),
                let denominator = UInt32(exactly: fraction.denominator), denominator >= 1, numerator <= denominator
            else {
                refuse(
                    path.field("fraction"), "\(fraction.numerator)/\(fraction.denominator) cannot be mirrored.",
                    "Write a fraction from 0 to 1.")
                return nil
            }
            return (numerator, denominator)
        case (_?, _?):
            refuse(path, "percent and fraction exclude each other.", "Keep one of them.")
            return nil
        }
    }
}
