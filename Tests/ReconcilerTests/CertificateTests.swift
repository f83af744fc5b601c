import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

@Suite struct CertificateTests {
    private static let der = "MAMCAQE="

    private static func pem(_ label: String, _ base64: String) -> String {
        "-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n"
    }

    private func resolves(certificate: String, key: String = pem("PRIVATE KEY", der)) -> Bool {
        let tls = ListenerTLSConfig(certificateRefs: [SecretObjectReference(name: "cert")])
        var state = ClusterState()
        state.set(Objects.gateway(listeners: [Listener(name: "https", port: 443, protocol: .https, tls: tls)]))
        state.set(
            Secret(
                metadata: ObjectMeta(name: "cert", namespace: "shop"),
                data: ["tls.crt": SecretBytes(Array(certificate.utf8)), "tls.key": SecretBytes(Array(key.utf8))]))
        let condition = state.outcome.listenerCondition("https", .resolvedRefs)
        if condition?.status == .false { #expect(condition?.reason == "InvalidCertificateRef") }
        return condition?.status == .true
    }

    @Test(arguments: [
        pem("CERTIFICATE", der), pem("CERTIFICATE", der) + pem("CERTIFICATE", der),
        "subject: something\r\n" + pem("CERTIFICATE", "  MAMC\r\nAQE=  "), pem("CERTIFICATE", "MIGAAgEB" + padding),
    ])
    func `a chain of certificates is taken for one`(_ text: String) {
        #expect(resolves(certificate: text))
    }

    /// Content of a SEQUENCE of 128 bytes, whose length takes the long form, after its first three bytes.
    private static let padding = String(repeating: "AAAA", count: 41) + "AAA="

    @Test(arguments: [
        "", "Hello world", "-----BEGIN CERTIFICATE-----", pem("CERTIFICATE", ""), pem("CERTIFICATE", "MA=="),
        pem("CERTIFICATE", "MAQCAQE="), pem("CERTIFICATE", "MAICAQE="), pem("CERTIFICATE", "MIIBAQE="),
        pem("CERTIFICATE", "MQMCAQE="), pem("CERTIFICATE", "MAMC*QE="), pem("CERTIFICATE", "MAMCAQE=AAAA"),
        pem("CERTIFICATE", der) + pem("CERTIFICATE", "junk"), pem("PRIVATE KEY", der),
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n",
    ])
    func `anything else is not`(_ text: String) {
        #expect(!resolves(certificate: text))
    }

    @Test(arguments: ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"])
    func `keys come in three forms`(_ label: String) {
        #expect(resolves(certificate: Self.pem("CERTIFICATE", Self.der), key: Self.pem(label, Self.der)))
    }

    @Test(arguments: ["CERTIFICATE", "ENCRYPTED PRIVATE KEY", "PUBLIC KEY"])
    func `other blocks are no keys`(_ label: String) {
        #expect(!resolves(certificate: Self.pem("CERTIFICATE", Self.der), key: Self.pem(label, Self.der)))
    }
}
