import Routing
import TLS
import Testing

/// Client and server contexts against each other, in memory.
@Suite struct HandshakeTests {
    let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func port(
        _ listeners: [(String?, [CertificateKeyPair])], validation: ClientCertificateValidation? = nil
    ) -> PortConfiguration {
        PortConfiguration(
            port: 443,
            listeners: listeners.enumerated().map { index, listener in
                ListenerConfiguration(
                    id: ListenerID(gateway: ObjectName(namespace: "a", name: "b"), listener: "l\(index)"),
                    hostname: listener.0.flatMap(HostnamePattern.init) ?? .any,
                    tls: ListenerTLS(certificates: listener.1), routes: [])
            }, clientValidation: validation)
    }

    private func server(_ port: PortConfiguration) throws -> TLSServerContext {
        var credentials: [CertificateKeyPair: TLSCredential] = [:]
        for listener in port.listeners {
            for pair in listener.tls?.certificates ?? [] { credentials[pair] = try TLSCredential(pair) }
        }
        return try TLSServerContext(port: port, credentials: credentials, ticketKeys: TLSTicketKeys { 0 })
    }

    private func client(
        _ serverName: String, names: [BackendTLS.SubjectAltName] = [], trust: [[UInt8]]? = nil,
        certificate: CertificateKeyPair? = nil, speaksHTTP2: Bool? = true
    ) throws -> TLSClientContext {
        let authorities = try trust ?? [authority.pem]
        return try TLSClientContext(
            BackendTLS(
                serverName: serverName, trust: .authorities(authorities), subjectAltNames: names,
                clientCertificate: certificate), speaksHTTP2: speaksHTTP2, systemRoots: nil)
    }

    @Test func `a listener is found by exact name, then by wildcard, then the one without a name`() throws {
        let pair = try authority.issue(dnsNames: ["a.example.com", "*.example.com", "other.org"])
        let context = try server(
            port([(nil, [pair]), ("*.example.com", [pair]), ("a.example.com", [pair])]))
        for (name, listener) in [("a.example.com", 2), ("b.example.com", 1), ("other.org", 0)] {
            let result = try Dialogue(client: client(name), server: context).run()
            #expect(result.failure == nil, "\(name)")
            #expect(result.server.listener == .https(listener))
            #expect(result.server.serverName == name)
        }
    }

    @Test func `a name that no listener has is refused`() throws {
        let pair = try authority.issue(dnsNames: ["a.example.com"])
        let result = try Dialogue(
            client: client("b.example.com"), server: server(port([("a.example.com", [pair])]))
        ).run()
        #expect(result.failure != nil)
    }

    @Test func `HTTP 2 is preferred, and HTTP 1 served to who knows no other`() throws {
        let context = try server(port([(nil, [authority.issue(dnsNames: ["a.example.com"])])]))
        for (speaksHTTP2, expected) in [(true, TLSProtocolName.http2), (false, .http1), (nil, .none)] as [(Bool?, _)] {
            let result = try Dialogue(
                client: client("a.example.com", speaksHTTP2: speaksHTTP2), server: context
            ).run()
            #expect(result.server.alpn == expected)
            #expect(result.client.alpn == expected)
        }
    }

    @Test func `a certificate by name comes before one that was configured first`() throws {
        let first = try authority.issue(dnsNames: ["first.example.com"])
        let second = try authority.issue(dnsNames: ["second.example.com"], isRSA: true)
        let context = try server(port([(nil, [first, second])]))
        // The client verifies the name, so that only the right certificate lets it through.
        for name in ["first.example.com", "second.example.com"] {
            let result = try Dialogue(client: client(name), server: context).run()
            #expect(result.failure == nil, "\(name): \(result.failure ?? "")")
        }
    }

    @Test func `a backend is refused under another name, another authority, or expired`() throws {
        let good = try server(port([(nil, [authority.issue(dnsNames: ["a.example.com"])])]))
        let old = try server(port([(nil, [authority.issue(dnsNames: ["a.example.com"], expired: true)])]))
        let namesake = try TestAuthority()
        #expect(try Dialogue(client: client("a.example.com"), server: good).run().failure == nil)
        #expect(
            try Dialogue(client: client("b.example.com"), server: good).run().failure
                == "the backend's certificate is for another name")
        #expect(
            try Dialogue(client: client("a.example.com", trust: [namesake.pem]), server: good).run().failure != nil)
        #expect(try Dialogue(client: client("a.example.com"), server: old).run().failure?.contains("expired") == true)
    }

    @Test func `authorities of the same name are told apart by their keys`() throws {
        let namesakes = try (0..<3).map { _ in try TestAuthority() }
        let pair = try namesakes[2].issue(dnsNames: ["a.example.com"])
        let trust = try namesakes.map { try $0.pem }
        let context = try server(port([(nil, [pair])]))
        #expect(try Dialogue(client: client("a.example.com", trust: trust), server: context).run().failure == nil)
        let inOneBundle = [Array(trust.joined(separator: [10]))]
        #expect(try Dialogue(client: client("a.example.com", trust: inOneBundle), server: context).run().failure == nil)
    }

    @Test func `subjectAltNames take the place of the server name`() throws {
        let pair = try authority.issue(dnsNames: ["real.example.com"], uris: ["spiffe://example/app"])
        let context = try server(port([(nil, [pair])]))
        let cases: [([BackendTLS.SubjectAltName], Bool)] = [
            ([.uri("spiffe://example/app")], true), ([.uri("spiffe://example/App")], false),
            ([.hostname("real.example.com")], true), ([.hostname("*.example.com")], true),
            ([.hostname("sni.example.com")], false),
            ([.hostname("no.example.com"), .uri("spiffe://example/app")], true),
        ]
        for (names, passes) in cases {
            let result = try Dialogue(client: client("sni.example.com", names: names), server: context).run()
            #expect((result.failure == nil) == passes, "\(names)")
        }
    }

    @Test func `a client is let in with a certificate of the right authority only`() throws {
        let pair = try authority.issue(dnsNames: ["a.example.com"])
        let stranger = try TestAuthority()
        let validation = ClientCertificateValidation(mode: .allowValidOnly, authorities: [try authority.pem])
        let strict = try server(port([(nil, [pair])], validation: validation))
        let known = try authority.issue()
        #expect(try Dialogue(client: client("a.example.com", certificate: known), server: strict).run().failure == nil)
        #expect(try Dialogue(client: client("a.example.com"), server: strict).run().failure != nil)
        let unknown = try stranger.issue()
        #expect(
            try Dialogue(client: client("a.example.com", certificate: unknown), server: strict).run().failure != nil)

        let lax = try server(
            port(
                [(nil, [pair])],
                validation: ClientCertificateValidation(
                    mode: .allowInsecureFallback, authorities: [try authority.pem])))
        #expect(try Dialogue(client: client("a.example.com"), server: lax).run().failure == nil)
        #expect(try Dialogue(client: client("a.example.com", certificate: unknown), server: lax).run().failure == nil)
    }

    @Test func `bytes pass both ways, also more than one round of encryption takes`() throws {
        let context = try server(port([(nil, [authority.issue(dnsNames: ["a.example.com"])])]))
        let dialogue = try Dialogue(client: client("a.example.com"), server: context)
        #expect(try dialogue.run().failure == nil)
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        // Not the arrays in #expect: it would print them.
        let (up, down) = (dialogue.send(body, toServer: true) == body, dialogue.send(body, toServer: false) == body)
        #expect(up && down)
    }

    @Test func `a key that does not belong to the certificate is named, not shown`() throws {
        let one = try authority.issue(dnsNames: ["a.example.com"])
        let other = try authority.issue(dnsNames: ["b.example.com"])
        let error = #expect(throws: TLSConfigurationError.self) {
            try TLSCredential(CertificateKeyPair(chain: one.chain, privateKey: other.privateKey))
        }
        #expect(error?.description == "the private key does not belong to the certificate")
        #expect("\(other)".contains("<redacted>") && !"\(other)".contains("PRIVATE"))
    }
}
