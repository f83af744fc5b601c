import Certificates
import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing

/// An outcome as text for golden files: everything in it, one fact a line, in a stable order.
struct Rendering {
    private(set) var lines: [String] = []

    init(_ outcome: Outcome) {
        render(outcome.statuses)
        for diagnostic in outcome.diagnostics {
            let help = diagnostic.help.isEmpty ? "" : " \(diagnostic.help)"
            add(0, "diagnostic \(diagnostic.object) at \(diagnostic.path): \(diagnostic.message)\(help)")
        }
        render(outcome.configuration)
        if !outcome.backendsWithoutEndpoints.isEmpty {
            add(0, "without EndpointSlices: \(list(outcome.backendsWithoutEndpoints))")
        }
    }

    /// As comments of a YAML file.
    var text: String { lines.map { "# \($0)\n" }.joined() }

    private mutating func add(_ depth: Int, _ line: String) {
        lines.append(String(repeating: "  ", count: depth) + line)
    }

    private func list(_ items: some Sequence<some CustomStringConvertible>) -> String {
        items.map(\.description).joined(separator: ", ")
    }

    // MARK: Statuses

    private mutating func render(_ statuses: Statuses) {
        for entry in statuses.gatewayClasses {
            add(0, "\(entry.key)")
            render(entry.status.conditions, 1)
        }
        for entry in statuses.gateways {
            add(0, "\(entry.key)")
            for address in entry.status.addresses { add(1, "address \(address.type) \(address.value)") }
            if let sets = entry.status.attachedListenerSets { add(1, "attachedListenerSets \(sets)") }
            render(entry.status.conditions, 1)
            render(entry.status.listeners)
        }
        for entry in statuses.listenerSets {
            add(0, "\(entry.key)")
            render(entry.status.conditions, 1)
            render(entry.status.listeners)
        }
        let streamRoutes = statuses.tlsRoutes + statuses.tcpRoutes + statuses.udpRoutes
        for entry in statuses.httpRoutes + statuses.grpcRoutes + streamRoutes {
            add(0, "\(entry.key)")
            for parent in entry.status.parents {
                add(1, "parent \(render(parent.parentRef)) by \(parent.controllerName)")
                render(parent.conditions, 2)
            }
        }
        for entry in statuses.backendTLSPolicies + statuses.xBackendTrafficPolicies {
            add(0, "\(entry.key)")
            for ancestor in entry.status.ancestors {
                add(1, "ancestor \(render(ancestor.ancestorRef)) by \(ancestor.controllerName)")
                render(ancestor.conditions, 2)
            }
        }
        for entry in statuses.xBackends {
            add(0, "\(entry.key)")
            for parent in entry.status.parents {
                add(1, "parent \(render(parent.parentRef)) by \(parent.controllerName)")
                render(parent.conditions, 2)
            }
        }
    }

    private mutating func render(_ listeners: [ListenerStatus]) {
        for listener in listeners {
            let kinds = listener.supportedKinds.map(\.kind)
            add(
                1,
                "listener \(listener.name): attachedRoutes \(listener.attachedRoutes), "
                    + "supportedKinds [\(list(kinds))]")
            render(listener.conditions, 2)
        }
    }

    private func render(_ reference: ParentReference) -> String {
        var text = reference.kind + " " + (reference.namespace.map { "\($0)/" } ?? "") + reference.name
        if let section = reference.sectionName { text += " section \(section)" }
        if let port = reference.port { text += " port \(port)" }
        return text
    }

    /// Messages are shown where something is wrong.
    private mutating func render(_ conditions: [Condition], _ depth: Int) {
        for condition in conditions {
            let generation = condition.observedGeneration.map { " @\($0)" } ?? ""
            let isFine = condition.status == .true && condition.reason == condition.type
            let message = isFine ? "" : ": \(condition.message)"
            add(depth, "\(condition.type) \(condition.status.rawValue) \(condition.reason)\(generation)\(message)")
        }
    }

    // MARK: Configuration

    private mutating func render(_ configuration: RoutingConfiguration) {
        for port in configuration.ports {
            let transport = port.datagrams == nil ? "" : "/udp"
            add(0, "port \(port.address.map { "\($0) " } ?? "")\(port.port)\(transport)")
            if let validation = port.clientValidation {
                add(1, "clients \(validation.mode) by \(render(validation.authorities))")
            }
            for listener in port.listeners {
                let set = listener.id.listenerSet.map { "\($0) " } ?? ""
                add(1, "listener \(listener.id.gateway) \(set)\(listener.id.listener) for \(listener.hostname)")
                if let tls = listener.tls { add(2, render(tls)) }
                for attached in listener.routes {
                    add(2, "\(list(attached.hostnames)) -> \(configuration.routes[attached.route].name)")
                }
            }
            render(port, configuration.streamRoutes)
        }
        for route in configuration.routes {
            add(0, "\(route.kind == .grpc ? "gRPC " : "")route \(route.name)")
            for rule in route.rules { render(rule) }
        }
        for route in configuration.streamRoutes { render(route) }
        for backend in configuration.backends {
            let spoken = backend.protocol == .http2 ? " by HTTP/2" : ""
            add(0, "backend \(render(backend.id))\(spoken)\(backend.endpoints.isEmpty ? " without endpoints" : "")")
            if let tls = backend.tls { render(tls) }
            for endpoint in backend.endpoints { add(1, render(endpoint)) }
            if let budget = backend.retryBudget {
                add(
                    1,
                    "retries at most \(budget.percent) % of \(budget.interval), or \(budget.minimumCount) in "
                        + "\(budget.minimumInterval)")
            }
        }
    }

    private func render(_ id: BackendID) -> String { "\(id)\(id.identity.map { " as Gateway \($0)" } ?? "")" }

    private mutating func render(_ tls: BackendTLS) {
        let trust =
            switch tls.trust {
            case .system: "the machine's roots"
            case .authorities(let authorities): authorities.isEmpty ? "nothing" : render(authorities)
            }
        add(1, "tls to \(tls.serverName), trusting \(trust)\(render(tls.options))")
        for name in tls.subjectAltNames {
            switch name {
            case .hostname(let hostname): add(2, "or \(hostname)")
            case .uri(let uri): add(2, "or \(uri)")
            }
        }
        if let certificate = tls.clientCertificate { add(2, "showing a \(render(certificate))") }
    }

    private mutating func render(_ port: PortConfiguration, _ routes: [StreamRouteConfiguration]) {
        func name(_ id: ListenerID) -> String {
            "\(id.gateway) \(id.listenerSet.map { "\($0) " } ?? "")\(id.listener)"
        }
        for stream in port.streams {
            switch stream.mode {
            case .plain: add(1, "TCP listener \(name(stream.id))")
            case .passthrough: add(1, "TLS listener \(name(stream.id)) for \(stream.hostname), passed through")
            case .terminate(let tls):
                add(1, "TLS listener \(name(stream.id)) for \(stream.hostname), terminated")
                add(2, render(tls))
            }
            for attached in stream.routes { add(2, "\(list(attached.hostnames)) -> \(routes[attached.route].name)") }
        }
        if let datagrams = port.datagrams {
            let route = datagrams.route.map { "\(routes[$0].name)" } ?? "nothing"
            add(1, "UDP listener \(name(datagrams.id)) -> \(route)")
        }
    }

    private mutating func render(_ route: StreamRouteConfiguration) {
        add(0, "\(route.kind) route \(route.name)\(route.ruleName.map { " (\($0))" } ?? "")")
        for backend in route.backends {
            switch backend.destination {
            case .backend(let id): add(1, "forward \(backend.weight) to \(render(id))")
            case .invalid: add(1, "refuse \(backend.weight)")
            }
        }
    }

    private func render(_ tls: ListenerTLS) -> String {
        "tls \(list(tls.certificates.map(render)))\(render(tls.options))"
    }

    private func render(_ authorities: [[UInt8]]) -> String {
        let counts = authorities.map { (try? CertificateFacts.all(pem: $0))?.count ?? 0 }
        return "\(counts.reduce(0, +)) CA certificates"
    }

    private func render(_ keyPair: CertificateKeyPair) -> String {
        let names = (try? CertificateFacts(pem: keyPair.chain))?.names ?? []
        return "certificate for \(names.isEmpty ? "nobody" : list(names))"
    }

    private func render(_ options: TLSOptions) -> String {
        (options.minimumVersion == .tls12 ? "" : ", TLS 1.3 only")
            + (options.cipherSuites.isEmpty ? "" : ", with \(list(options.cipherSuites))")
    }

    private mutating func render(_ rule: RuleConfiguration) {
        add(1, "rule \(rule.index)\(rule.name.map { " (\($0))" } ?? "")")
        for match in rule.matches { add(2, "match \(render(match))") }
        render(rule.filters, 2)
        if let timeout = rule.timeouts.request { add(2, "request within \(timeout)") }
        if let timeout = rule.timeouts.backendRequest { add(2, "attempt within \(timeout)") }
        if let retry = rule.retry {
            let codes = retry.codes.isEmpty ? "" : " and \(list(retry.codes.sorted()))"
            add(2, "retry \(retry.attempts) times on errors\(codes) after \(retry.backoff)")
        }
        switch rule.action {
        case .forward(let backends):
            for backend in backends {
                switch backend.destination {
                case .backend(let id): add(2, "forward \(backend.weight) to \(render(id))")
                case .invalid: add(2, "forward \(backend.weight) to nothing (500)")
                }
                render(backend.filters, 3)
                if let session = backend.session { add(3, render(session)) }
            }
        case .redirect(let redirect): add(2, "redirect \(render(redirect))")
        case .respond(let status): add(2, "respond \(status)")
        }
    }

    private func render(_ match: RequestMatch) -> String {
        var parts: [String] = []
        switch match.path {
        case .exact(let path): parts.append("path = \(path)")
        case .prefix(let path): parts.append("path below \(path)")
        case .regularExpression(let expression): parts.append("path ~ \(expression)")
        case .rpc(let match): parts.append("\(match)")
        }
        if let method = match.method { parts.append("method \(method)") }
        parts += match.headers.map { "header \($0.name) \(render($0.value))" }
        parts += match.queryParameters.map { "query \($0.name) \(render($0.value))" }
        return parts.joined(separator: ", ")
    }

    private func render(_ value: ValueMatch) -> String {
        switch value {
        case .exact(let text): "= \(text)"
        case .regularExpression(let expression): "~ \(expression)"
        }
    }

    private mutating func render(_ filters: RuleFilters, _ depth: Int) {
        if let modifier = filters.requestHeaders { add(depth, "request headers \(render(modifier))") }
        if let modifier = filters.responseHeaders { add(depth, "response headers \(render(modifier))") }
        if let rewrite = filters.rewrite {
            let parts = [rewrite.hostname.map { "host \($0)" }, rewrite.path.map(render)]
            add(depth, "rewrite \(list(parts.compactMap(\.self)))")
        }
        for mirror in filters.mirrors {
            add(depth, "mirror \(mirror.numerator)/\(mirror.denominator) to \(render(mirror.backend))")
        }
        if let cors = filters.cors { render(cors, depth) }
        if let auth = filters.externalAuth { add(depth, render(auth)) }
    }

    private mutating func render(_ cors: CORSPolicy, _ depth: Int) {
        let origins = cors.allowOrigins.map { origin in
            switch origin {
            case .any: "*"
            case .origin(let scheme, let host, let isWildcard, let port):
                "\(scheme)://\(isWildcard ? "*" : "")\(isWildcard && !host.isEmpty ? "." : "")\(host):\(port)"
            }
        }
        let credentials = cors.allowCredentials ? " with credentials" : ""
        add(depth, "cors for \(origins.isEmpty ? "nobody" : list(origins))\(credentials), kept \(cors.maxAge) s")
        for (what, names) in [
            ("methods", cors.allowMethods), ("headers", cors.allowHeaders), ("exposed", cors.exposeHeaders),
        ] {
            switch names {
            case .any: add(depth + 1, "\(what) *")
            case .list(let names): if !names.isEmpty { add(depth + 1, "\(what) \(list(names))") }
            }
        }
    }

    private func render(_ auth: ExternalAuth) -> String {
        let parts = [
            "ask \(auth.backend.map(render) ?? "nobody (500)")",
            auth.pathPrefix.isEmpty ? nil : "path behind \(auth.pathPrefix)",
            auth.allowedHeaders.isEmpty ? nil : "with \(list(auth.allowedHeaders))",
            "takes \(auth.allowedResponseHeaders.map { $0.isEmpty ? "nothing" : list($0) } ?? "all fields")",
            auth.maximumBodySize == 0 ? nil : "body up to \(auth.maximumBodySize)",
        ]
        return list(parts.compactMap(\.self))
    }

    private func render(_ session: SessionConfiguration) -> String {
        var text = "session \(session.name) of \(session.scope) by "
        switch session.carrier {
        case .header: text += "header"
        case .cookie(let path, let isPermanent):
            text += "\(isPermanent ? "permanent " : "")cookie\(path.map { " for \($0)" } ?? "")"
        }
        return text + (session.absoluteTimeout.map { ", at most \($0)" } ?? "")
    }

    private func render(_ modifier: HeaderModifier) -> String {
        list(
            modifier.set.map { "set \($0.name): \($0.value)" } + modifier.add.map { "add \($0.name): \($0.value)" }
                + modifier.remove.map { "remove \($0)" })
    }

    private func render(_ modifier: PathModifier) -> String {
        switch modifier {
        case .replaceFullPath(let path): "path by \(path)"
        case .replacePrefixMatch(let path): "prefix by \"\(path)\""
        }
    }

    private func render(_ redirect: RequestRedirect) -> String {
        let parts = [
            "\(redirect.statusCode)", redirect.scheme.map { "scheme \($0)" }, redirect.hostname.map { "host \($0)" },
            redirect.port.map { "port \($0)" }, redirect.path.map(render),
        ]
        return list(parts.compactMap(\.self))
    }

    private func render(_ endpoint: Endpoint) -> String {
        let condition = endpoint.condition == .ready ? "" : " (terminating)"
        switch endpoint.host {
        case .address(let address): return "\(address) port \(endpoint.port)\(condition)"
        case .name(let name): return "name \(name) port \(endpoint.port)\(condition)"
        }
    }
}
