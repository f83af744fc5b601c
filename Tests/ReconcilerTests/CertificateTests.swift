import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct CertificateTests {
    private func state(_ secrets: [Secret], options: [String: String] = [:]) -> ClusterState {
        let references = secrets.map { SecretObjectReference(name: $0.metadata.name) }
        let tls = ListenerTLSConfig(certificateRefs: references, options: options)
        var state = ClusterState()
        state.set(Objects.gateway(listeners: [Listener(name: "https", port: 443, protocol: .https, tls: tls)]))
        for secret in secrets { state.set(secret) }
        return state
    }

    private func tls(_ outcome: Outcome) -> ListenerTLS? { outcome.configuration.ports.first?.listeners.first?.tls }

    private static let www = Objects.tlsSecret("www", TestCertificates.www, TestCertificates.wwwKey)
    private static let other = Objects.tlsSecret("other", TestCertificates.other, TestCertificates.otherKey)

    @Test func `certificates are served in the order of their references`() {
        let outcome = state([Self.www, Self.other]).outcome
        #expect(
            tls(outcome)?.certificates.map(\.chain)
                == [Array(TestCertificates.www.utf8), Array(TestCertificates.other.utf8)])
        #expect(tls(outcome)?.certificates.first?.privateKey.bytes == Array(TestCertificates.wwwKey.utf8))
        #expect(outcome.listenerCondition("https", .programmed)?.status == .true)
    }

    @Test func `a broken Secret leaves the others in service`() {
        let mixed = Objects.tlsSecret("mixed", TestCertificates.www, TestCertificates.otherKey)
        let outcome = state([mixed, Self.other]).outcome
        #expect(tls(outcome)?.certificates.count == 1)
        #expect(outcome.listenerCondition("https", .programmed)?.status == .true)
        #expect(outcome.listenerCondition("https", .resolvedRefs)?.reason == "InvalidCertificateRef")
    }

    @Test func `without a usable certificate the port stays closed`() {
        let outcome = state([Objects.tlsSecret("mixed", TestCertificates.www, TestCertificates.otherKey)]).outcome
        #expect(outcome.configuration.ports.isEmpty)
        #expect(outcome.listenerCondition("https", .accepted)?.status == .true)
        #expect(outcome.listenerCondition("https", .programmed)?.reason == "Invalid")
    }

    @Test func `a Secret that changes is served at once, also from a memo`() {
        var memo = Memo()
        let settings = ReconcilerSettings(standalone: true)
        var state = state([Objects.tlsSecret("www", TestCertificates.www, "")])
        #expect(reconcile(state, settings: settings, memo: &memo).configuration.ports.isEmpty)
        state.set(Self.www)
        let served = reconcile(state, settings: settings, memo: &memo)
        #expect(tls(served)?.certificates.count == 1)
        state.set(Objects.tlsSecret("www", TestCertificates.other, TestCertificates.otherKey))
        let rotated = reconcile(state, settings: settings, memo: &memo)
        #expect(tls(rotated)?.certificates.map(\.chain) == [Array(TestCertificates.other.utf8)])
        state.remove(Self.www.key)
        #expect(reconcile(state, settings: settings, memo: &memo).configuration.ports.isEmpty)
    }

    @Test func `nothing that an outcome prints holds a key`() {
        let body = TestCertificates.wwwKey.split(separator: "\n")[1]
        let outcome = state([Self.www]).outcome
        #expect(!"\(outcome)".contains(body))
        #expect(!String(reflecting: outcome).contains(body))
        #expect(!String(reflecting: outcome.configuration).contains("\(Array(TestCertificates.wwwKey.utf8))"))
    }

    @Test func `options choose the version and the cipher suites`() {
        let options = [
            "gateway.weir.dev/min-tls-version": "1.2",
            "gateway.weir.dev/cipher-suites": "ECDHE-RSA-AES128-GCM-SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        ]
        #expect(
            tls(state([Self.www], options: options).outcome)?.options
                == TLSOptions(
                    minimumVersion: .tls12,
                    cipherSuites: ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"]))
        let outcome = state([Self.www], options: ["gateway.weir.dev/min-tls-version": "1.3"]).outcome
        #expect(tls(outcome)?.options == TLSOptions(minimumVersion: .tls13))
    }

    @Test(arguments: [
        ["gateway.weir.dev/min-tls-version": "1.1"], ["gateway.weir.dev/min-tls-version": "TLSv1.3"],
        ["gateway.weir.dev/min-tls-versoin": "1.3"], ["gateway.weir.dev/cipher-suites": ""],
        ["gateway.weir.dev/cipher-suites": "TLS_AES_128_GCM_SHA256"],
        ["gateway.weir.dev/cipher-suites": "ECDHE-RSA-AES128-GCM-SHA256,RC4-MD5"],
    ])
    func `an option that cannot be had refuses the listener`(options: [String: String]) {
        let outcome = state([Self.www], options: options).outcome
        #expect(outcome.listenerCondition("https", .accepted)?.reason == "UnsupportedValue")
        #expect(outcome.configuration.ports.isEmpty)
        #expect(outcome.diagnostics.map(\.severity) == [.error])
    }

    @Test(arguments: [
        ([0x30, 0x07, 0x0A, 0x01, 0x00, 0xA0, 0x02, 0x30, 0x00] as [UInt8], true),
        ([0x30, 0x03, 0x0A, 0x01, 0x06], false), ([0x30, 0x07, 0x0A, 0x01, 0x01, 0xA0, 0x02, 0x30, 0x00], false),
        (Array("Hello world".utf8), false),
    ])
    func `an OCSP response is stapled when it says something`(staple: [UInt8], isStapled: Bool) {
        var secret = Self.www
        secret.data["tls.ocsp-staple"] = SecretBytes(staple)
        let outcome = state([secret]).outcome
        #expect(tls(outcome)?.certificates.map(\.ocspResponse) == [isStapled ? staple : []])
        #expect(outcome.diagnostics.map(\.severity) == (isStapled ? [] : [.warning]))
    }

    @Test func `options of others have no effect, and that is noted`() {
        let outcome = state([Self.www], options: ["example.com/min-tls-version": "1.3"]).outcome
        #expect(tls(outcome)?.options == TLSOptions())
        #expect(outcome.diagnostics.map(\.severity) == [.note])
    }
}
