import Certificates
import Testing

@Suite struct CertificateFactsTests {
    private func facts(_ pem: String) throws -> CertificateFacts { try CertificateFacts(pem: Array(pem.utf8)) }

    @Test func `names are those of subjectAltName, in lower case`() throws {
        #expect(
            try facts(TestCertificates.ellipticCurve).names
                == ["www.example.com", "*.apps.example.com", "192.0.2.1", "2001:db8:0:0:0:0:0:1"])
    }

    @Test func `validity is read from both forms of time`() throws {
        let facts = try facts(TestCertificates.ellipticCurve)
        #expect(facts.notBefore == 946_598_400)  // 1999-12-31, UTCTime
        #expect(facts.notAfter == 2_561_155_200)  // 2051-02-28, GeneralizedTime
        #expect(try self.facts(TestCertificates.rsa).notAfter == 1_835_395_200)  // 2028-02-29
    }

    @Test(arguments: [
        (TestCertificates.ellipticCurve, TestCertificates.ellipticCurvePKCS8, true),
        (TestCertificates.ellipticCurve, TestCertificates.ellipticCurveSEC1, true),
        (TestCertificates.ellipticCurve, TestCertificates.rsaPKCS8, false),
        (TestCertificates.rsa, TestCertificates.rsaPKCS8, true),
        (TestCertificates.rsa, TestCertificates.rsaPKCS1, true),
        (TestCertificates.rsa, TestCertificates.ellipticCurvePKCS8, false),
        (TestCertificates.ed25519, TestCertificates.ed25519PKCS8, true),
        (TestCertificates.rsa, TestCertificates.rsa, nil),
        (TestCertificates.rsa, "", nil),
    ])
    func `a key is told from another's`(certificate: String, key: String, matches: Bool?) throws {
        #expect(try facts(certificate).matches(privateKeyPEM: Array(key.utf8)) == matches)
    }

    @Test func `the first certificate of a chain counts`() throws {
        let chain = TestCertificates.rsaPKCS8 + "\n" + TestCertificates.rsa + "\n" + TestCertificates.ellipticCurve
        #expect(try facts(chain).names == ["rsa.example.com"])
    }

    @Test(arguments: [
        "", "x", TestCertificates.rsaPKCS8,
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
    ])
    func `what is no certificate is refused`(pem: String) {
        #expect(throws: CertificateFacts.Unreadable.self) { try facts(pem) }
    }

    @Test func `no cut certificate ends the process`() throws {
        let lines = TestCertificates.ellipticCurve.split(separator: "\n").map(String.init)
        for count in 1..<(lines.count - 2) {
            let cut = ([lines[0]] + lines[1...count] + [lines[lines.count - 1]]).joined(separator: "\n")
            #expect(throws: CertificateFacts.Unreadable.self) { try facts(cut) }
        }
        #expect(throws: CertificateFacts.Unreadable.self) { try CertificateFacts(pem: [0xFF, 0xFE]) }
    }
}
