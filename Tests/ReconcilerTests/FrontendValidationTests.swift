import GatewayAPI
import KubernetesTypes
import Reconciler
import Routing
import Testing

@Suite struct FrontendValidationTests {
    private static let www = Objects.tlsSecret("www", TestCertificates.www, TestCertificates.wwwKey)

    private func reference(_ name: String, kind: String = "ConfigMap") -> ObjectReference {
        ObjectReference(group: "", kind: kind, name: name)
    }

    private func configMap(_ name: String, _ pem: String) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: name, namespace: "shop"), data: ["ca.crt": pem])
    }

    private func state(_ frontend: FrontendTLSConfig) -> ClusterState {
        let tls = ListenerTLSConfig(certificateRefs: [SecretObjectReference(name: "www")])
        var gateway = Objects.gateway(
            listeners: [
                Listener(name: "http", port: 80, protocol: .http),
                Listener(name: "a", port: 443, protocol: .https, tls: tls),
                Listener(name: "b", hostname: "b.example.com", port: 443, protocol: .https, tls: tls),
                Listener(name: "c", port: 8443, protocol: .https, tls: tls),
            ])
        gateway.spec.tls = GatewayTLSConfig(frontend: frontend)
        var state = ClusterState()
        state.set(gateway)
        state.set(Self.www)
        state.set(configMap("one", TestCertificates.authority))
        state.set(configMap("two", TestCertificates.otherAuthority))
        return state
    }

    private func validations(_ outcome: Outcome) -> [UInt16: ClientCertificateValidation?] {
        Dictionary(uniqueKeysWithValues: outcome.configuration.ports.map { ($0.port, $0.clientValidation) })
    }

    private let one = Array(TestCertificates.authority.utf8)
    private let two = Array(TestCertificates.otherAuthority.utf8)

    @Test func `a port has its own setting or the default, and only where there is TLS`() {
        let frontend = FrontendTLSConfig(
            default: TLSConfig(validation: FrontendTLSValidation(caCertificateRefs: [reference("one")])),
            perPort: [
                TLSPortConfig(
                    port: 8443,
                    tls: TLSConfig(
                        validation: FrontendTLSValidation(
                            caCertificateRefs: [reference("two"), reference("one")], mode: .allowInsecureFallback)))
            ])
        let outcome = state(frontend).outcome
        #expect(
            validations(outcome) == [
                80: nil, 443: ClientCertificateValidation(mode: .allowValidOnly, authorities: [one]),
                8443: ClientCertificateValidation(mode: .allowInsecureFallback, authorities: [two, one]),
            ])
    }

    @Test func `an entry for a port without validation asks its clients for nothing`() {
        let frontend = FrontendTLSConfig(
            default: TLSConfig(validation: FrontendTLSValidation(caCertificateRefs: [reference("one")])),
            perPort: [TLSPortConfig(port: 8443, tls: TLSConfig())])
        let validations = validations(state(frontend).outcome)
        #expect(validations[443]??.mode == .allowValidOnly)
        #expect(validations[8443] == .some(nil))
    }

    @Test func `CA certificates may stand in a Secret`() {
        let frontend = FrontendTLSConfig(
            default: TLSConfig(
                validation: FrontendTLSValidation(caCertificateRefs: [reference("ca", kind: "Secret")])))
        var state = state(frontend)
        #expect(state.outcome.listenerCondition("a", .accepted)?.reason == "NoValidCACertificate")
        state.set(
            Secret(
                metadata: ObjectMeta(name: "ca", namespace: "shop"),
                data: ["ca.crt": SecretBytes(Array(TestCertificates.authority.utf8))]))
        #expect(validations(state.outcome)[443]??.authorities == [one])
    }

    @Test func `listeners are not served before their CA certificates are there, nor after`() {
        let frontend = FrontendTLSConfig(
            default: TLSConfig(validation: FrontendTLSValidation(caCertificateRefs: [reference("late")])))
        var (state, memo) = (state(frontend), Memo())
        let settings = ReconcilerSettings(standalone: true)
        func ports() -> [UInt16] {
            reconcile(state, settings: settings, memo: &memo).configuration.ports.map(\.port)
        }
        #expect(ports() == [80])
        state.set(configMap("late", "Hello world"))
        #expect(ports() == [80])
        state.set(configMap("late", TestCertificates.authority))
        #expect(ports() == [80, 443, 8443])
        state.set(configMap("late", ""))
        #expect(ports() == [80])
    }

    @Test func `a mode that is not known lets nobody in`() {
        let frontend = FrontendTLSConfig(
            default: TLSConfig(
                validation: FrontendTLSValidation(caCertificateRefs: [reference("one")], mode: .unrecognized("New"))))
        let outcome = state(frontend).outcome
        #expect(outcome.configuration.ports.map(\.port) == [80])
        #expect(outcome.listenerCondition("a", .accepted)?.reason == "UnsupportedValue")
    }
}
