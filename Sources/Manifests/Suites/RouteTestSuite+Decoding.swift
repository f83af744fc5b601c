import KubernetesTypes

extension RouteTestSuite {
    /// Reads a suite. It can be used only when there is no diagnostic at all: a field that is misspelt would be an
    /// expectation that is never checked.
    package static func decode(_ bytes: [UInt8], file: String) -> (suite: RouteTestSuite, diagnostics: [Diagnostic]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return (RouteTestSuite(manifests: [], tests: []), [notText(file)])
        }
        let context = DecodingContext(file: file)
        var suite = RouteTestSuite(manifests: [], tests: [])
        for document in DocumentReader(limits: DocumentLimits()).read(text, file: file) {
            switch document {
            case .failure(let error):
                context.error(error.code, error.message, help: error.help, at: error.position, path: .root)
            case .success(let node):
                let decoded: RouteTestSuite = FieldReader.decode(
                    node, at: node.position, path: .root, context: context)
                let locations = FieldLocations(file: file, root: node)
                suite.manifests += decoded.manifests
                suite.tests += decoded.tests.map { test in
                    var test = test
                    test.locations = locations
                    return test
                }
            }
        }
        if suite.tests.isEmpty, context.diagnostics.isEmpty {
            context.error(
                .missingField, "There is no test.", help: "Write at least one entry under tests.", at: .start,
                path: FieldPath("tests")
            )
        }
        let errors = context.diagnostics.map { diagnostic in
            var diagnostic = diagnostic
            diagnostic.severity = .error
            return diagnostic
        }
        return (suite, errors.sorted { $0.location < $1.location })
    }

    private static func notText(_ file: String) -> Diagnostic {
        Diagnostic(
            severity: .error, code: .syntaxError, location: SourceLocation(file: file, position: .start),
            message: "The file is not UTF-8 text.", help: "Save it as UTF-8.")
    }
}

extension RouteTestSuite: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(manifests: fields.strings("manifests") ?? [], tests: fields.requiredList("tests"))
    }
}

extension RouteTest: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.requiredString("name", help: "Say what the test is about."),
            request: fields.requiredObject("request"), expect: fields.requiredObject("expect"), path: fields.path,
            locations: nil)
        if let entry = fields.entry("expect"), expect == RouteTest.Expectations() {
            fields.context.error(
                .missingField, "expect says nothing, so the test can never fail.",
                help: "Expect a route, backend or status.",
                at: entry.position, path: fields.path.field("expect"))
        }
    }
}

extension RouteTest.Request: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            url: fields.requiredString("url", help: "Write it like http://shop.example.com/cart."),
            method: fields.string("method") ?? "GET", headers: fields.headerLines("headers"))
    }
}

extension RouteTest.Expectations: FieldDecodable {
    init(_ fields: FieldReader) {
        route = fields.string("route")
        rule = fields.rule("rule")
        listener = fields.string("listener")
        hostname = fields.string("hostname")
        backend = fields.backend("backend")
        backends = fields.backends("backends")
        status = fields.integer("status", in: 100...599)
        grpcStatus = fields.integer("grpcStatus", in: 0...16)
        redirect = fields.redirect("redirect")
        path = fields.string("path")
        host = fields.string("host")
        method = fields.string("method")
        requestHeaders = fields.headerExpectations("requestHeaders")
        responseHeaders = fields.headerExpectations("responseHeaders")
        mirrors = fields.backends("mirrors")
        timeouts = fields.object("timeouts")
        retry = fields.object("retry")
        session = fields.string("session")
    }
}

extension RouteTest.Backend: FieldDecodable {
    init(_ fields: FieldReader) {
        // Both spellings, since a backendRef calls it name and people call it service.
        let service = fields.string("service")
        let name = service ?? fields.requiredString("name", help: "Name the Service.")
        if service != nil { fields.ignore("name") }
        self.init(name: name, share: fields.share("share"))
    }
}

extension RouteTest.Redirect: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(location: fields.string("location"), status: fields.integer("status", in: 300...399))
    }
}

extension RouteTest.Timeouts: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(request: fields.string("request"), backendRequest: fields.string("backendRequest"))
    }
}

extension RouteTest.Retry: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            attempts: fields.integer("attempts", in: 0...Int(Int32.max)),
            codes: fields.integers("codes", in: 400...599),
            backoff: fields.string("backoff"))
    }
}
