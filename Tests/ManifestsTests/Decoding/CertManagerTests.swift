import CertManager
import KubernetesTypes
import Manifests
import Testing

@Suite struct CertManagerTests {
    private func codes(_ spec: String, kind: String = "Certificate") -> [DiagnosticCode] {
        ManifestDecoder().decode(
            "apiVersion: cert-manager.io/v1\nkind: \(kind)\nmetadata: { name: x }\nspec: \(spec)\n", file: "x.yaml"
        ).diagnostics.map(\.code)
    }

    @Test func `a Certificate has cert-manager's defaults`() throws {
        let decoded = ManifestDecoder().decode(
            """
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: { name: web, namespace: shop }
            spec: { secretName: web-tls, dnsNames: [a.test], issuerRef: { name: ca } }
            """, file: "x.yaml")
        #expect(decoded.diagnostics.isEmpty)
        guard case .certificate(let certificate) = decoded.objects.first?.object else {
            Issue.record("no Certificate")
            return
        }
        #expect(certificate.spec.issuerRef == IssuerReference(name: "ca", kind: "Issuer", group: "cert-manager.io"))
        #expect(certificate.spec.privateKey == CertificatePrivateKeySpec(algorithm: .rsa, encoding: .pkcs1))
        #expect(certificate.spec.privateKey.rotationPolicy == .always)
    }

    @Test(
        arguments: [
            ("{ secretName: s, issuerRef: { name: i } }", .certificateWithoutNames),
            ("{ secretName: s, issuerRef: { name: i }, dnsNames: [A.test] }", .invalidFormat),
            ("{ secretName: s, issuerRef: { name: i }, ipAddresses: [1.2.3] }", .invalidFormat),
            ("{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], duration: 10m }", .certificateTimes),
            ("{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], renewBefore: 3000h }", .certificateTimes),
            ("{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], duration: 3 days }", .notADuration),
            (
                "{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], privateKey: { size: 1024 } }",
                .privateKeySize
            ),
            (
                "{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], privateKey: { algorithm: DSA } }",
                .unknownValue
            ),
            ("{ secretName: s, issuerRef: { name: i, kind: Isuer }, dnsNames: [a.test] }", .unknownValue),
            ("{ secretName: s, issuerRef: { name: i }, dnsNames: [a.test], usages: [all] }", .unknownValue),
            ("{ issuerRef: { name: i }, dnsNames: [a.test] }", .missingField),
            ("{ secretName: s, issuerRef: { name: i }, dnsName: a.test, dnsNames: [a.test] }", .unknownField),
        ] as [(String, DiagnosticCode)])
    func `what cert-manager would refuse is refused`(spec: String, code: DiagnosticCode) {
        #expect(codes(spec) == [code])
    }

    @Test(
        arguments: [
            ("{}", .issuerType), ("{ selfSigned: {}, ca: { secretName: s } }", .issuerType),
            ("{ acme: { server: acme.test, privateKeySecretRef: { name: a } } }", .invalidFormat),
            ("{ acme: { server: \"https://a/\" } }", .missingField),
            ("{ acme: { server: \"https://a/\", privateKeySecretRef: { name: a }, caBundle: \"!\" } }", .notBase64),
            ("{ acme: { server: \"https://a/\", privateKeySecretRef: { name: a }, solvers: [{}] } }", .issuerType),
        ] as [(String, DiagnosticCode)])
    func `an issuer is of one type, and complete`(spec: String, code: DiagnosticCode) {
        #expect(codes(spec, kind: "Issuer") == [code])
    }
}
