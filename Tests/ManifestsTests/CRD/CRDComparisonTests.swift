import Glibc
import KubernetesTypes
import Manifests
import Testing

/// The directory with the CRDs of the Gateway API: `$GATEWAY_API_CRDS`, or `../shared/crds` beside the package.
private let crdDirectory: String? = {
    let path = getenv("GATEWAY_API_CRDS").map { String(cString: $0) } ?? "\(packageDirectory)/../shared/crds"
    return access("\(path)/experimental", R_OK) == 0 ? path : nil
}()

struct ComparedKind: Sendable, CustomTestStringConvertible {
    var kind: String
    var file: String
    var group = "gateway.networking.k8s.io"
    /// Those that the CRD serves, the preferred one first.
    var versions = ["v1"]
    /// Whether the standard channel has it.
    var isStandard = true

    var testDescription: String { kind }

    func schema(channel: String, version: String? = nil) -> Schema? {
        Self.schemas[[channel, file, version ?? versions[0]]]
    }

    /// All schemas by channel, file and version, read once because the files are large.
    private static let schemas: [[String]: Schema] = {
        var schemas: [[String]: Schema] = [:]
        for channel in ["experimental", "standard"] {
            for kind in CRDComparisonTests.kinds {
                let path = "\(crdDirectory ?? "")/\(channel)/\(kind.group)_\(kind.file).yaml"
                guard let crd = contents(ofFile: path) else { continue }
                for (version, schema) in Schema.crd(crd) { schemas[[channel, kind.file, version]] = schema }
            }
        }
        return schemas
    }()

    /// A manifest with the given spec and status.
    func manifest(_ object: JSON, version: String? = nil) -> String {
        guard case .object(var fields) = object else { return "" }
        fields["apiVersion"] = .string("\(group)/\(version ?? versions[0])")
        fields["kind"] = .string(kind)
        fields["metadata"] = .object(["name": .string("a")])
        return JSON.object(fields).text
    }
}

/// Compares the decoder, its defaults and its validation with the CRDs, by what they do.
@Suite(.enabled(if: crdDirectory != nil, "set GATEWAY_API_CRDS to a directory with the CRDs of the Gateway API"))
struct CRDComparisonTests {
    static let kinds = [
        ComparedKind(kind: "GatewayClass", file: "gatewayclasses", versions: ["v1", "v1beta1"]),
        ComparedKind(kind: "Gateway", file: "gateways", versions: ["v1", "v1beta1"]),
        ComparedKind(kind: "HTTPRoute", file: "httproutes", versions: ["v1", "v1beta1"]),
        ComparedKind(kind: "GRPCRoute", file: "grpcroutes"),
        ComparedKind(kind: "TLSRoute", file: "tlsroutes", versions: ["v1", "v1alpha3", "v1alpha2"]),
        ComparedKind(kind: "TCPRoute", file: "tcproutes", versions: ["v1", "v1alpha2"]),
        ComparedKind(kind: "UDPRoute", file: "udproutes", versions: ["v1", "v1alpha2"]),
        ComparedKind(kind: "ListenerSet", file: "listenersets"),
        ComparedKind(kind: "ReferenceGrant", file: "referencegrants", versions: ["v1", "v1beta1"]),
        ComparedKind(kind: "BackendTLSPolicy", file: "backendtlspolicies", versions: ["v1", "v1alpha3"]),
        ComparedKind(
            kind: "XBackend", file: "xbackends", group: "gateway.networking.x-k8s.io", versions: ["v1alpha1"],
            isStandard: false),
        ComparedKind(
            kind: "XBackendTrafficPolicy", file: "xbackendtrafficpolicies", group: "gateway.networking.x-k8s.io",
            versions: ["v1alpha1"], isStandard: false),
    ]

    @Test(arguments: kinds.flatMap { kind in kind.versions.map { (kind, $0) } })
    func `the decoder knows exactly the fields of the CRD`(kind: ComparedKind, version: String) throws {
        let schema = try #require(kind.schema(channel: "experimental", version: version))
        let text = kind.manifest(schema.complete, version: version)
        let fields = Set(schema.descendants().compactMap { Self.pattern($0.steps) })
            .filter { !$0.hasPrefix("metadata.") }
        let known = ManifestDecoder().knownFields(in: text).filter { !$0.hasPrefix("metadata.") }
        #expect(fields.subtracting(known) == [], "fields that the decoder does not know")
        #expect(known.subtracting(fields) == [], "fields that the CRD does not know")
        #expect(decode(text, file: "a.json").warnings.map(\.description) == [])
        #expect(fields.count > 3)
    }

    @Test(arguments: kinds.filter(\.isStandard))
    func `the fields of the standard channel are among them`(kind: ComparedKind) throws {
        let schema = try #require(kind.schema(channel: "standard"))
        #expect(decode(kind.manifest(schema.complete), file: "a.json").warnings.map(\.description) == [])
    }

    @Test(arguments: kinds)
    func `what is missing and required is an error, what is not required is not`(kind: ComparedKind) throws {
        let schema = try #require(kind.schema(channel: "experimental"))
        var count = 0
        for (steps, object) in schema.descendants() where steps.first == .field("spec") {
            for name in object.properties.keys {
                guard case .object(var fields) = object.sample([.field(name)]) else { continue }
                fields[name] = nil
                let decoded = decode(kind.manifest(schema.sample(steps[...], target: .object(fields))), file: "a.json")
                let path = Self.path(steps).field(name)
                let isReported = decoded.errors.contains { $0.fieldPath == path && $0.message.hasSuffix("is missing.") }
                #expect(isReported == object.required.contains(name), "\(path)")
                count += 1
            }
        }
        #expect(count > 2)
    }

    @Test(arguments: kinds)
    func `a default has the effect of the same value in the manifest`(kind: ComparedKind) throws {
        let schema = try #require(kind.schema(channel: "experimental"))
        for (steps, field) in schema.descendants() where steps.first == .field("spec") {
            guard let value = field.defaultValue, case .field(let name)? = steps.last else { continue }
            let with = schema.sample(steps[...], target: value)
            let parent = Array(steps.dropLast())
            guard case .object(var fields)? = with.value(at: parent) else { continue }
            fields[name] = nil
            let without = schema.sample(parent[...], target: .object(fields))
            let explicit = decode(kind.manifest(with), file: "a.json")
            let implicit = decode(kind.manifest(without), file: "a.json")
            #expect(explicit.objects.map(\.object) == implicit.objects.map(\.object), "\(Self.path(steps))")
            #expect(explicit.objects.count == 1, "\(Self.path(steps)): \(explicit.messages)")
        }
    }

    @Test(arguments: kinds)
    func `the limits and enumerations are those of the CRD`(kind: ComparedKind) throws {
        let schema = try #require(kind.schema(channel: "experimental"))
        for (steps, field) in schema.descendants() where steps.first == .field("spec") {
            for (value, isValid) in field.borderline {
                let text = kind.manifest(schema.sample(steps[...], target: value))
                let path = Self.path(steps)
                let errors = decode(text, file: "a.json").errors.filter { $0.fieldPath == path }
                #expect(errors.isEmpty == isValid, "\(path) = \(value.text.prefix(80)): \(errors.map(\.message))")
            }
        }
    }

    @Test(arguments: kinds)
    func `the formats are those of the patterns of the CRD`(kind: ComparedKind) throws {
        let schema = try #require(kind.schema(channel: "experimental"))
        for (steps, field) in schema.descendants() where steps.first == .field("spec") && field.pattern != nil {
            // The filters of backendRefs are those of rules.
            if steps.contains(.field("backendRefs")), steps.contains(.field("filters")) { continue }
            for text in Self.texts where text.count >= field.numbers["minLength"] ?? 0 {
                // Intervals have limits besides their pattern.
                if steps.last == .field("interval"), field.matches(text), text != "1s" { continue }
                let manifest = kind.manifest(schema.sample(steps[...], target: .string(text)))
                let path = Self.path(steps)
                let errors = decode(manifest, file: "a.json").errors.filter { $0.fieldPath == path }
                #expect(
                    errors.isEmpty == field.matches(text),
                    "\(path) = \(JSON.string(text).text): \(errors.map(\.message))")
            }
        }
    }

    private static let texts: [String] = [
        "", "a", "A", "0", "-", ".", "/", "*", "%", " ", "é", "a-b", "a.b", "a..b", ".a", "a.", "-a", "a-", "a.-b",
        "a-.b",
        "A.b", "a.B", "1a", "1-2", "a_b", "a/b", "a/B", "a/", "/a", "a/b/c", "a.b/c-d", "A/b", "a-/b", "a/b c", "a/b%",
        "a b", "a  b", " a", "a ", "a\tb", "a\t b", "\ta", "a\nb", "a\u{7F}", "!#$%&'*+-.^_`|~", "a:b", "a(b)", "{a}",
        "*.a", "*.", "*.a.b", "*a", "a.*", "**.a", "*.*.a", "http://", "http://a", "https://a.b", "HTTP://a", "ftp://a",
        "http://*", "http://*.a", "http://*.a:1", "http://*:80", "http://a:", "http://a:123456", "http://a:12345",
        "http://a_b", "http://-a-", "http://a..b", "http://.a", "http://a.", "http://a/", "http://a:8x", "http://*.",
        "http://*.*", "http://[::1]", "https://a.b.c:443", "null", "1s", "1h30m", "1m1", "1d", "1.5h", "-15m", "100ms",
        "100000s", "99999h", "1h1m1s1ms", "1h1m1s1ms1s", "1ms1ms", "s", "1S", "Hostname", "HostnameX", "xIPAddress",
        "IPAddr",
        "NamedAddress/x", "a.b/c_d%20", "x y/a.b/c", "a.b-/c", "é/a", "a//b", "a/b//", "/a/b", "é/", "%20", "%2", "%zz",
        "/a?b", "/a#b", "/a;b=c,d@e", "[a]", "a\\b", "a\"b",
    ]

    /// `spec.rules[].name`; nil for what is not a field.
    private static func pattern(_ steps: [Step]) -> String? {
        guard case .field? = steps.last else { return nil }
        return steps.reduce(into: "") { text, step in
            switch step {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .inner: text += "[]"
            }
        }
    }

    /// Where the value stands in a sample, whose lists and maps have one element.
    private static func path(_ steps: [Step]) -> FieldPath {
        FieldPath(
            steps.enumerated().map { index, step in
                switch step {
                case .field(let name): .field(name)
                case .inner: mapFields.contains(pattern(Array(steps[..<index])) ?? "") ? .key("a") : .index(0)
                }
            })
    }

    /// The fields that are maps with free keys.
    private static let mapFields: Set<String> = {
        var fields: Set<String> = []
        for kind in kinds {
            for (steps, schema) in kind.schema(channel: "experimental")?.descendants() ?? []
            where !schema.values.isEmpty {
                fields.insert(pattern(steps) ?? "")
            }
        }
        return fields
    }()
}

extension JSON {
    fileprivate func value(at steps: [Step]) -> JSON? {
        guard let step = steps.first else { return self }
        let rest = Array(steps.dropFirst())
        switch (step, self) {
        case (.field(let name), .object(let fields)): return fields[name]?.value(at: rest)
        case (.inner, .object(let fields)): return fields["a"]?.value(at: rest)
        case (.inner, .list(let elements)): return elements.first?.value(at: rest)
        default: return nil
        }
    }
}

extension Schema {
    /// Values on both sides of every limit, and whether they are on the right one.
    fileprivate var borderline: [(value: JSON, isValid: Bool)] {
        var values: [(JSON, Bool)] = []
        if !allowed.isEmpty {
            values += allowed.map { ($0, true) }
            values.append(type == "integer" ? (.number(9999), false) : (.string("Bogus"), false))
        }
        if let minimum = numbers["minimum"] { values += [(.number(minimum), true), (.number(minimum - 1), false)] }
        if let maximum = numbers["maximum"] { values += [(.number(maximum), true), (.number(maximum + 1), false)] }
        if let minimum = numbers["minLength"], minimum > 0 { values.append((.string(""), false)) }
        if let maximum = numbers["maxLength"] {
            if let text = sampleText(length: maximum) { values.append((.string(text), true)) }
            values.append((.string(String(repeating: "a", count: maximum + 1)), false))
        }
        if let minimum = numbers["minItems"], minimum > 0 { values.append((.list([]), false)) }
        if let maximum = numbers["maxItems"], let item = items.first?.sample() {
            values.append((.list(Array(repeating: item, count: maximum + 1)), false))
            values.append((.list(Array(repeating: item, count: maximum)), true))
        }
        if let maximum = numbers["maxProperties"], let value = self.values.first?.sample() {
            func map(_ count: Int) -> JSON {
                .object(Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", value) }))
            }
            values += [(map(maximum), true), (map(maximum + 1), false)]
        }
        return values
    }
}
