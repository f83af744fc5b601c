import CertManager
import KubernetesTypes
import Testing

@Suite struct CertificatePlanTests {
    private func gateway(_ annotations: String, _ listeners: String, name: String = "web") -> String {
        """
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: { name: \(name), namespace: shop, annotations: { \(annotations) } }
        spec:
          gatewayClassName: weir
          listeners:
        \(listeners)

        """
    }

    private func listener(_ name: String, _ hostname: String?, secrets: String) -> String {
        "    - { name: \(name), port: 443, protocol: HTTPS, "
            + (hostname.map { "hostname: \"\($0)\", " } ?? "") + "tls: { certificateRefs: [\(secrets)] } }\n"
    }

    private func acme(_ solvers: String) -> String {
        """
        ---
        apiVersion: cert-manager.io/v1
        kind: Issuer
        metadata: { name: own, namespace: shop }
        spec:
          acme: { server: "https://acme.test/dir", privateKeySecretRef: { name: account }, solvers: [\(solvers)] }

        """
    }

    @Test func `an annotated Gateway has a certificate for every Secret, for the hostnames that share it`() throws {
        let plan = CertificatePlan(
            try objects(
                gateway(
                    #"cert-manager.io/cluster-issuer: ca, cert-manager.io/duration: 240h, "#
                        + #"cert-manager.io/private-key-algorithm: ECDSA, cert-manager.io/usages: "server auth, digital signature""#,
                    listener("a", "a.test", secrets: "{ name: one }, { name: two }")
                        + listener("b", "b.test", secrets: "{ name: one }")
                        + listener("c", nil, secrets: "{ name: three }")
                        + "    - { name: d, port: 8443, protocol: TLS, hostname: d.test, tls: { mode: Passthrough } }\n"
                )))
        #expect(plan.certificates.map(\.request.key.name) == ["one", "two"])
        let spec = plan.certificates[0].request.spec
        #expect(spec.dnsNames == ["a.test", "b.test"])
        #expect(spec.issuerRef == IssuerReference(name: "ca", kind: "ClusterIssuer"))
        #expect(spec.duration == .hours(240) && spec.privateKey.algorithm == .ecdsa)
        #expect(spec.usages == [.serverAuth, .digitalSignature])
        #expect(plan.findings.map(\.code) == [.issuerMissing, .issuerMissing])
    }

    @Test(arguments: [
        "cert-manager.io/duration: soon", "cert-manager.io/private-key-algorithm: DSA",
        "cert-manager.io/private-key-size: \"17\"", "cert-manager.io/renew-before: 1s",
        "cert-manager.io/cluster-issuer: other", "cert-manager.io/usages: everything",
    ])
    func `an annotation that cannot be used stops the certificates of its object`(annotation: String) throws {
        let plan = CertificatePlan(
            try objects(
                Manifest.selfSigned
                    + gateway(
                        "cert-manager.io/issuer: own, \(annotation)", listener("a", "a.test", secrets: "{ name: one }"))
            ))
        #expect(plan.certificates.isEmpty)
        #expect(plan.findings.map(\.code) == [.certificateAnnotation])
    }

    @Test func `Secrets of other namespaces are not filled by annotations`() throws {
        let plan = CertificatePlan(
            try objects(
                gateway(
                    "cert-manager.io/issuer: own", listener("a", "a.test", secrets: "{ name: one, namespace: other }")))
        )
        #expect(plan.certificates.isEmpty)
        #expect(plan.findings.map(\.code) == [.certificateForOtherNamespace])
    }

    @Test func `a Certificate comes before an annotation for the same Secret`() throws {
        let plan = CertificatePlan(
            try objects(
                Manifest.selfSigned + Manifest.certificate(names: "x.test")
                    + gateway("cert-manager.io/issuer: own", listener("a", "a.test", secrets: "{ name: web-tls }"))))
        #expect(plan.certificates.map(\.request.spec.dnsNames) == [["x.test"]])
        #expect(plan.findings.isEmpty)
    }

    @Test func `a Secret is filled by one`() throws {
        let second = Manifest.certificate("second").replacing("secretName: second-tls", with: "secretName: first-tls")
        let plan = CertificatePlan(try objects(Manifest.selfSigned + Manifest.certificate("first") + second))
        #expect(plan.certificates.map(\.request.key.name) == ["first"])
        #expect(plan.findings.map(\.code) == [.secretOfTwoCertificates])
    }

    @Test(
        arguments: [
            ("", "a.test", nil), ("{ http01: { ingress: {} } }", "a.test", nil),
            ("{ dns01: { route53: {} } }", "a.test", .challengeNotSupported),
            ("", "\"*.a.test\"", .challengeNotSupported),
            ("{ http01: {}, selector: { dnsZones: [b.test] } }", "a.test", .challengeNotSupported),
            (
                "{ http01: {}, selector: { dnsZones: [test] } }, { dns01: {}, selector: { dnsNames: [x.a.test] } }",
                "a.test", nil
            ),
            (
                "{ http01: {}, selector: { dnsZones: [test] } }, { dns01: {}, selector: { dnsZones: [a.test] } }",
                "x.a.test",
                .challengeNotSupported
            ),
            ("{ dns01: {} }, { http01: {}, selector: { dnsNames: [a.test] } }", "a.test", nil),
        ] as [(String, String, DiagnosticCode?)])
    func `the solver that fits a name best decides`(solvers: String, name: String, code: DiagnosticCode?) throws {
        let plan = CertificatePlan(try objects(acme(solvers) + Manifest.certificate(names: name)))
        #expect(plan.certificates.first?.problem?.code == code)
    }

    @Test(arguments: ["vault: { server: x, path: y, auth: {} }", "venafi: { zone: z }"])
    func `an issuer that is not served has a reason`(type: String) throws {
        let manifest = """
            apiVersion: cert-manager.io/v1
            kind: Issuer
            metadata: { name: own, namespace: shop }
            spec: { \(type) }

            """
        let plan = CertificatePlan(try objects(manifest + Manifest.certificate()))
        #expect(plan.findings.map(\.code) == [.issuerNotSupported])
    }

    @Test func `a ClusterIssuer finds its CA in cert-manager's namespace`() throws {
        let manifest = """
            apiVersion: cert-manager.io/v1
            kind: ClusterIssuer
            metadata: { name: ca }
            spec: { ca: { secretName: root } }
            """
        let secret = """

            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: root, namespace: cert-manager }
            stringData: { tls.crt: x, tls.key: y }
            """
        #expect(CertificatePlan(try objects(manifest)).findings.map(\.code) == [.issuerSecret])
        #expect(CertificatePlan(try objects(manifest + secret)).findings.isEmpty)
    }

    @Test(
        arguments: [
            ("2160h", 7_776_000), ("1.5h", 5_400), ("1h30m0s", 5_400), ("90m", 5_400), ("100ms", 0), ("0", 0),
            ("", nil),
            ("1", nil), ("h", nil), ("1d", nil), ("-1h", nil), ("1e9h", nil), ("99999999999999h", nil),
        ] as [(String, Int64?)])
    func `durations are those of Go`(text: String, seconds: Int64?) {
        #expect(GoDuration(text)?.seconds == seconds)
    }
}
