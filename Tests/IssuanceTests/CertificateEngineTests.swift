import CertManager
import Certificates
import Foundation
import KubernetesTypes
import Testing

@testable import Issuance

@Suite struct CertificateEngineTests {
    private func engine(_ clock: TestClock, state: StateDirectory? = nil) -> CertificateEngine {
        CertificateEngine(state: state, clock: clock, logger: .silent)
    }

    private func condition(_ type: String, _ status: CertificateStatus?) -> String? {
        status?.conditions.first { $0.type == type }.map { "\($0.status.rawValue) \($0.reason)" }
    }

    @Test func `nothing is done where nothing is asked for`() async {
        let report = await engine(TestClock()).update(CertManagerObjects())
        #expect(report.secrets.isEmpty && report.certificates.isEmpty && report.findings.isEmpty)
    }

    @Test(arguments: [
        ("algorithm: ECDSA", "id-ecPublicKey", "P-256"), ("algorithm: ECDSA, size: 384", "id-ecPublicKey", "P-384"),
        ("algorithm: Ed25519", "ED25519", "ED25519"), ("algorithm: RSA", "rsaEncryption", "2048 bit"),
        ("algorithm: RSA, encoding: PKCS8", "rsaEncryption", "2048 bit"),
    ])
    func `a self-signed certificate is as it was asked for`(key: String, algorithm: String, size: String) async throws {
        let directory = try TemporaryDirectory()
        let manifest =
            Manifest.selfSigned + """
                ---
                apiVersion: cert-manager.io/v1
                kind: Certificate
                metadata: { name: web, namespace: shop }
                spec:
                  secretName: web-tls
                  dnsNames: [shop.example.com, "*.apps.example.com"]
                  ipAddresses: [192.0.2.1, "2001:db8::1"]
                  uris: ["spiffe://example.com/shop"]
                  duration: 48h
                  subject: { organizations: [Example] }
                  usages: [digital signature, server auth]
                  privateKey: { \(key) }
                  issuerRef: { name: own }
                """
        let clock = TestClock()
        let report = await engine(clock).update(try objects(manifest))
        let secret = try #require(report.secrets.first)
        #expect(secret.type == "kubernetes.io/tls")
        #expect(secret.text("tls.key").contains("RSA PRIVATE KEY") == (key == "algorithm: RSA"))
        let text = try directory.run(
            "/usr/bin/openssl", "x509", "-in", "tls.crt", "-noout", "-text", files: ["tls.crt": secret.text("tls.crt")])
        for part in [
            algorithm, size, "DNS:shop.example.com, DNS:*.apps.example.com, IP Address:192.0.2.1",
            "IP Address:2001:DB8:0:0:0:0:0:1", "URI:spiffe://example.com/shop", "O = Example", "Digital Signature",
            "TLS Web Server Authentication", "CA:FALSE",
        ] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
        let facts = try CertificateFacts(pem: Array(secret.text("tls.crt").utf8))
        #expect(facts.matches(privateKeyPEM: Array(secret.text("tls.key").utf8)) == true)
        #expect(facts.notAfter == clock.now.secondsSince1970 + 48 * 3_600)
        #expect(condition("Ready", report.certificates.first) == "True Ready")
        #expect(report.issuers.map { $0.conditions.map(\.reason) } == [["IsReady"]])
    }

    @Test func `a CA that is issued itself signs what comes after it`() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(Int64(Date().timeIntervalSince1970))
        let manifest = Manifest.authority + Manifest.certificate(issuer: "ca", more: "commonName: shop.example.com")
        let report = await engine(clock).update(try objects(manifest))
        #expect(report.findings.isEmpty)
        #expect(report.issuers.map { $0.conditions.map(\.reason) } == [["IsReady"], ["KeyPairVerified"]])
        let secret = try #require(report.secrets.first { $0.metadata.name == "web-tls" })
        let output = try directory.run(
            "/usr/bin/openssl", "verify", "-x509_strict", "-verify_hostname", "shop.example.com", "-CAfile", "ca.crt",
            "tls.crt", files: ["ca.crt": secret.text("ca.crt"), "tls.crt": secret.text("tls.crt")])
        #expect(output.contains("tls.crt: OK"), "\(output)")
    }

    @Test func `what outlives its CA is cut`() async throws {
        let clock = TestClock()
        let manifest = Manifest.authority + Manifest.certificate(issuer: "ca", more: "duration: 100000h")
        let report = await engine(clock).update(try objects(manifest))
        let ends = report.certificates.map(\.notAfter)
        #expect(ends.count == 2 && ends[0] == ends[1])
    }

    @Test func `renewal replaces the certificate and tells so`() async throws {
        let clock = TestClock()
        let engine = engine(clock)
        let first = await engine.update(try objects(Manifest.selfSigned + Manifest.certificate()))
        let renewal = try #require(first.certificates.first?.renewalTime)
        let running = Task { await engine.run() }
        defer { running.cancel() }
        while clock.awaited != [renewal] { await Task.yield() }
        clock.set(renewal)
        for await _ in engine.changes { break }
        let second = await engine.report
        #expect(second.secrets.count == 1 && second.secrets != first.secrets)
        #expect(try #require(second.certificates.first?.renewalTime) > renewal)
        #expect(second.secrets[0].text("tls.key") != first.secrets[0].text("tls.key"))
    }

    @Test func `a key that is not to be rotated stays`() async throws {
        let clock = TestClock()
        let engine = engine(clock)
        let manifest =
            Manifest.selfSigned + Manifest.certificate().replacing("ECDSA }", with: "ECDSA, rotationPolicy: Never }")
        let first = await engine.update(try objects(manifest))
        clock.set(try #require(first.certificates.first?.renewalTime))
        let second = await engine.update(try objects(manifest))
        #expect(second.secrets[0].text("tls.crt") != first.secrets[0].text("tls.crt"))
        #expect(second.secrets[0].text("tls.key") == first.secrets[0].text("tls.key"))
    }

    @Test func `what is there is served until there is better`() async throws {
        let clock = TestClock()
        let engine = engine(clock)
        let first = await engine.update(try objects(Manifest.selfSigned + Manifest.certificate()))
        // Another spec, and nobody to sign it.
        let orphan = Manifest.certificate(names: "other.example.com")
        let second = await engine.update(try objects(orphan))
        #expect(second.secrets == first.secrets)
        #expect(second.findings.map(\.code) == [.issuerMissing])
        #expect(condition("Ready", second.certificates.first) == "False IncorrectCertificate")
        #expect(condition("Issuing", second.certificates.first) == "False Pending")
        let third = await engine.update(try objects(Manifest.selfSigned + orphan))
        #expect(third.secrets != first.secrets)
        #expect(condition("Ready", third.certificates.first) == "True Ready")
    }

    @Test func `a Secret of the files wins, and it is said`() async throws {
        let file = """
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: web-tls, namespace: shop }
            stringData: { tls.crt: x, tls.key: y }
            """
        let report = await engine(TestClock()).update(
            try objects(Manifest.selfSigned + Manifest.certificate() + file))
        #expect(report.secrets.isEmpty)
        #expect(report.findings.map(\.code) == [.secretInManifests])
        #expect(condition("Ready", report.certificates.first) == "True Ready")
    }

    @Test(arguments: [("x", "ErrInvalidKeyPair"), ("", "ErrInvalidKeyPair")])
    func `a CA that cannot be used is told at its issuer`(certificate: String, reason: String) async throws {
        let manifest = """
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: { name: ca, namespace: shop }
            spec: { ca: { secretName: broken } }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: broken, namespace: shop }
            stringData: { tls.crt: "\(certificate)", tls.key: y }

            """
        let report = await engine(TestClock()).update(try objects(manifest + Manifest.certificate(issuer: "ca")))
        #expect(report.secrets.isEmpty)
        #expect(report.findings.map(\.code) == [.issuerSecret])
        #expect(report.issuers.first?.conditions.map(\.reason) == [reason])
    }

    @Test func `nothing of a key is in what is printed`() async throws {
        let report = await engine(TestClock()).update(try objects(Manifest.selfSigned + Manifest.certificate()))
        let key = report.secrets[0].text("tls.key").split(separator: "\n")[1]
        var text = ""
        dump(report, to: &text)
        #expect(!"\(report)\(text)".contains(key))
    }
}

@Suite struct StateDirectoryTests {
    @Test func `a restart finds what was issued`() async throws {
        let directory = try TemporaryDirectory()
        let state = StateDirectory(path: directory.path + "/a/b")
        let clock = TestClock()
        let manifest = try objects(Manifest.selfSigned + Manifest.certificate())
        let first = await CertificateEngine(state: state, clock: clock, logger: .silent).update(manifest)
        clock.advance(60)
        let second = await CertificateEngine(state: state, clock: clock, logger: .silent).update(manifest)
        #expect(first.secrets == second.secrets && second.secrets.count == 1)
        #expect(first.certificates.map(\.renewalTime) == second.certificates.map(\.renewalTime))
    }

    @Test func `nobody else can read the files`() async throws {
        let directory = try TemporaryDirectory()
        let state = StateDirectory(path: directory.path + "/state")
        let engine = CertificateEngine(state: state, clock: TestClock(), logger: .silent)
        _ = await engine.update(try objects(Manifest.selfSigned + Manifest.certificate()))
        let listing = try directory.run("/usr/bin/find", "state", "-printf", "%y%m %P\n", files: [:])
        #expect(
            Set(listing.split(separator: "\n").map(String.init)) == [
                "d700 ", "d700 certificates", "d700 certificates/shop", "f600 certificates/shop/web-tls.state",
            ])
    }

    @Test func `a damaged file is set aside and said`() async throws {
        let directory = try TemporaryDirectory()
        let state = StateDirectory(path: directory.path)
        let manifest = try objects(Manifest.selfSigned + Manifest.certificate())
        let first = await CertificateEngine(state: state, clock: TestClock(), logger: .silent).update(manifest)
        let file = directory.path + "/certificates/shop/web-tls.state"
        try "{".write(toFile: file, atomically: true, encoding: .utf8)
        let second = await CertificateEngine(state: state, clock: TestClock(), logger: .silent).update(manifest)
        #expect(second.secrets.count == 1 && second.secrets != first.secrets)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/certificates/shop")
        #expect(files.count == 2 && files.contains { $0.hasPrefix("web-tls.state.unreadable-") })
    }

    @Test func `a directory that cannot be written costs nothing but the memory`() async throws {
        let directory = try TemporaryDirectory()
        // A file where the directory should be stops root too.
        try "".write(toFile: directory.path + "/certificates", atomically: true, encoding: .utf8)
        let engine = CertificateEngine(
            state: StateDirectory(path: directory.path), clock: TestClock(), logger: .silent)
        let report = await engine.update(try objects(Manifest.selfSigned + Manifest.certificate()))
        #expect(report.secrets.count == 1)
        #expect(report.findings.map(\.code) == [.stateNotWritten])
    }
}
