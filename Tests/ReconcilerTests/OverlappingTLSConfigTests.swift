import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

@Suite struct OverlappingTLSConfigTests {
    /// Listeners by name, with their hostname, certificate and port.
    private func outcome(_ listeners: [(name: String, hostname: String?, secret: String, port: UInt16)]) -> Outcome {
        var state = ClusterState()
        state.set(
            Objects.gateway(
                listeners: listeners.map { listener in
                    Listener(
                        name: listener.name, hostname: listener.hostname, port: listener.port, protocol: .https,
                        tls: ListenerTLSConfig(certificateRefs: [SecretObjectReference(name: listener.secret)]))
                }))
        // For www.example.com, and for other.example.com and *.example.com.
        state.set(Objects.tlsSecret("www", TestCertificates.www, TestCertificates.wwwKey))
        state.set(Objects.tlsSecret("other", TestCertificates.other, TestCertificates.otherKey))
        return state.outcome
    }

    @Test func `certificates for common names outrank hostnames`() {
        let outcome = outcome([("all", "*.com", "www", 443), ("a", "a.com", "other", 443)])
        for name in ["all", "a"] {
            let condition = outcome.listenerCondition(name, .overlappingTLSConfig)
            #expect(condition?.status == .true)
            #expect(condition?.reason == "OverlappingCertificates")
        }
    }

    @Test func `hostnames overlap where certificates do not`() {
        let outcome = outcome([("all", nil, "www", 443), ("a", "a.com", "missing", 443)])
        for name in ["all", "a"] {
            #expect(outcome.listenerCondition(name, .overlappingTLSConfig)?.reason == "OverlappingHostnames")
        }
    }

    @Test func `one certificate for several listeners is an overlap, and another port is none`() {
        let outcome = outcome([
            ("a", "a.com", "www", 443), ("b", "b.com", "www", 443), ("c", "c.com", "www", 443),
            ("d", "d.com", "www", 8443),
        ])
        let condition = outcome.listenerCondition("b", .overlappingTLSConfig)
        #expect(condition?.reason == "OverlappingCertificates")
        #expect(condition?.message.contains("listener a and c on port 443") == true)
        #expect(outcome.listenerCondition("d", .overlappingTLSConfig) == nil)
    }

    @Test func `certificates that cannot be read overlap with nothing`() {
        let outcome = outcome([("a", "a.com", "www", 443), ("b", "b.com", "missing", 443)])
        #expect(outcome.listenerCondition("a", .overlappingTLSConfig) == nil)
        #expect(outcome.listenerCondition("b", .overlappingTLSConfig) == nil)
    }

    @Test func `of many listeners a few are named and the rest is counted`() {
        let outcome = outcome((0..<40).map { ("l\($0)", "h\($0).com", $0 % 2 == 0 ? "www" : "other", 443) })
        let message = outcome.listenerCondition("l0", .overlappingTLSConfig)?.message
        #expect(message?.contains("listener l1, l2, l3, l4, l5, l6, l7 and l8 and 31 other listeners") == true)
    }
}
