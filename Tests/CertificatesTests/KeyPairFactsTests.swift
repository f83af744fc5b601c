import Certificates
import Testing

@Suite struct KeyPairFactsTests {
    private func facts(_ chain: String, _ key: String) throws(KeyPairFacts.Problem) -> KeyPairFacts {
        try KeyPairFacts(chain: Array(chain.utf8), privateKey: Array(key.utf8))
    }

    private func problem(_ chain: String, _ key: String) -> KeyPairFacts.Problem? {
        do throws(KeyPairFacts.Problem) {
            _ = try facts(chain, key)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (TestCertificates.ellipticCurve, TestCertificates.ellipticCurvePKCS8),
        (TestCertificates.ellipticCurve, TestCertificates.ellipticCurveSEC1),
        (TestCertificates.rsa, TestCertificates.rsaPKCS8),
        (TestCertificates.rsa, TestCertificates.rsaPKCS1),
        (TestCertificates.ed25519, TestCertificates.ed25519PKCS8),
        (TestKeyPairs.p384, TestKeyPairs.p384PKCS8),
        (TestKeyPairs.p384, TestKeyPairs.p384SEC1),
        (TestKeyPairs.p521, TestKeyPairs.p521PKCS8),
        (TestKeyPairs.p521, TestKeyPairs.p521SEC1),
    ])
    func `keys of every form and algorithm belong to their certificates`(chain: String, key: String) throws {
        #expect(try facts(chain, key).certificate.names.isEmpty == false)
    }

    @Test func `text around the blocks, blanks and line ends do not matter`() throws {
        let chain = "subject: something\r\n" + TestCertificates.rsa.split(separator: "\n").joined(separator: " \t\r\n")
        let key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        #expect(problem(chain, key + TestCertificates.rsaPKCS1 + "\n\n") == nil)
    }

    @Test func `the key of a certificate that is not the first is told from others`() {
        let chain = TestCertificates.rsa + "\n" + TestKeyPairs.p384
        #expect(problem(chain, TestCertificates.rsaPKCS8) == nil)
        #expect(
            problem(chain, TestKeyPairs.p384PKCS8)
                == .certificate(
                    "the key belongs to certificate 2 of 2, and must belong to the first, which is the server's"))
        #expect(
            problem(chain, TestCertificates.ed25519PKCS8)
                == .privateKey("the key is not that of the certificate in tls.crt"))
    }

    @Test func `every certificate of a chain must be one`() {
        let junk = "\n-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
        #expect(
            problem(TestCertificates.rsa + junk, TestCertificates.rsaPKCS8)
                == .certificate("block 2 of 2 is not an X.509 certificate"))
    }

    @Test(arguments: [
        ("", "it has no block CERTIFICATE"),
        (TestCertificates.rsaPKCS8, "it has no block CERTIFICATE"),
        ("Hello world", "it has no block CERTIFICATE"),
        ("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n", "the block CERTIFICATE has no end"),
        (
            "-----BEGIN CERTIFICATE-----\nMAMC*QE=\n-----END CERTIFICATE-----",
            "the block CERTIFICATE is not base64 text"
        ),
        ("-----BEGIN CERTIFICATE-----\nMAMCAQ=\n-----END CERTIFICATE-----", "the block CERTIFICATE is not base64 text"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "the block CERTIFICATE is not base64 text"),
        ("-----BEGIN c2VjcmV0-----\n!\n-----END c2VjcmV0-----", "a block is not base64 text"),
        (
            "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----",
            "the block CERTIFICATE is not an X.509 certificate"
        ),
    ])
    func `what is wrong with a certificate is said`(chain: String, message: String) {
        #expect(problem(chain, TestCertificates.rsaPKCS8) == .certificate(message))
    }

    @Test(arguments: [
        ("", "it has no block PRIVATE KEY"), ("Hello world", "it has no block PRIVATE KEY"),
        (TestCertificates.rsa, "it has no block PRIVATE KEY"),
        (TestKeyPairs.encrypted, "the key is encrypted, and there is nobody to ask for a password"),
        (TestKeyPairs.encryptedOldForm, "the key is encrypted, and there is nobody to ask for a password"),
        ("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----", Self.damaged),
        (TestKeyPairs.shortRSAPKCS8, Self.damaged), (TestKeyPairs.secp256k1PKCS8, Self.damaged),
    ])
    func `what is wrong with a key is said`(key: String, message: String) {
        #expect(problem(TestCertificates.rsa, key) == .privateKey(message))
    }

    private static let damaged =
        "the key is damaged, or none of RSA (2048 bits or more), ECDSA (P-256, P-384, P-521) and Ed25519"

    @Test func `no cut or changed key ends the process or shows up in the message`() {
        for key in [TestCertificates.rsaPKCS1, TestKeyPairs.p384SEC1, TestCertificates.ed25519PKCS8] {
            let lines = key.split(separator: "\n").map(String.init)
            for cut in 1..<(lines.count - 1) {
                let text = (lines[..<cut] + lines[(cut + 1)...]).joined(separator: "\n")
                guard case .privateKey(let message) = problem(TestCertificates.rsa, text) else {
                    Issue.record("line \(cut) is of no use")
                    continue
                }
                for line in lines { #expect(!message.contains(line)) }
            }
        }
    }
}
