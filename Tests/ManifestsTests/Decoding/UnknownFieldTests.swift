import KubernetesTypes
import Manifests
import Testing

struct UnknownFieldTests {
    @Test(arguments: [
        ("rules: [{match: []}]", "spec.rules[0].match", "Did you mean matches?"),
        ("rules: [{backendrefs: []}]", "spec.rules[0].backendrefs", "Did you mean backendRefs?"),
        ("hostname: a.example", "spec.hostname", "Did you mean hostnames?"),
        ("parentRef: []", "spec.parentRef", "Did you mean parentRefs?"),
        ("rules: [{timeuots: {}}]", "spec.rules[0].timeuots", "Did you mean timeouts?"),
        ("banana: 1", "spec.banana", "Take it out, or check its indentation."),
    ])
    func `an unknown field is a warning and the object lives`(spec: String, path: String, help: String) throws {
        let manifests = decode(route(spec: spec))
        let warning = try #require(manifests.diagnostics.first)
        #expect(manifests.diagnostics.count == 1)
        #expect(warning.severity == .warning)
        #expect(warning.fieldPath.description == path)
        #expect(warning.help == help)
        #expect(manifests.routes.count == 1)
    }

    @Test func `the warning is at the name of the field`() {
        let manifests = decode(route(spec: "rules:\n  - matches:\n      - path:\n          valeu: /a"))
        #expect(manifests.places == ["8:13 spec.rules[0].matches[0].path.valeu"])
    }

    @Test func `a value that the CRD does not list is an error with a suggestion`() {
        let manifests = decode(route(spec: "rules: [{matches: [{path: {type: Prefix}}]}]"))
        #expect(
            manifests.messages == [
                "spec.rules[0].matches[0].path.type: type \"Prefix\" is not known. "
                    + "Use one of: Exact, PathPrefix, RegularExpression."
            ])
        let misspelt = decode(route(spec: "rules: [{matches: [{path: {type: PathPrefx}}]}]"))
        #expect(
            misspelt.messages == [
                "spec.rules[0].matches[0].path.type: type \"PathPrefx\" is not known. "
                    + "Did you mean PathPrefix? Allowed are: Exact, PathPrefix, RegularExpression."
            ])
    }

    @Test func `a status with mistakes does no harm`() {
        let manifests = decode(route(spec: "{}\n") + "\nstatus: {parents: 5, extra: 1}")
        #expect(manifests.errors.isEmpty)
        #expect(manifests.warnings.count == 2)
        #expect(manifests.routes.count == 1)
    }
}
