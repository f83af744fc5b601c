import Certificates
import Testing

/// Damaged certificates and keys: whatever the damage, reading ends with facts or with a reason.
@Suite struct MutatedKeyPairTests {
    /// Repeatable: a failure can be looked at.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Changes, drops or doubles characters between the lines that frame the text, so that most results are still base64
    /// and the damage is one of the DER inside.
    private static func damage(_ text: String, _ generator: inout Generator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = Int.random(in: 30..<max(31, bytes.count - 30), using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(bytes[index], at: index)
            case 2: bytes.removeSubrange(index..<min(bytes.count - 30, index + 40))
            case 3: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            default: bytes[index] = alphabet.randomElement(using: &generator) ?? 65
            }
            if bytes.count < 100 { break }
        }
        return bytes
    }

    @Test func `damaged certificates and keys are refused with a reason or read`() {
        let pairs = [
            (TestCertificates.ellipticCurve, TestCertificates.ellipticCurvePKCS8),
            (TestCertificates.rsa, TestCertificates.rsaPKCS1),
            (TestCertificates.ed25519, TestCertificates.ed25519PKCS8),
            (TestKeyPairs.p384, TestKeyPairs.p384SEC1),
        ]
        var generator = Generator()
        var refused = 0
        let rounds = 2000
        for round in 0..<rounds {
            let (chain, key) = pairs[round % pairs.count]
            let damagesChain = round % 3 != 0
            do throws(KeyPairFacts.Problem) {
                _ = try KeyPairFacts(
                    chain: damagesChain ? Self.damage(chain, &generator) : Array(chain.utf8),
                    privateKey: damagesChain ? Array(key.utf8) : Self.damage(key, &generator))
            } catch {
                refused += 1
                // No reason shows what it is about.
                #expect(!"\(error)".contains("MII") && !"\(error)".isEmpty)
            }
        }
        #expect(refused > rounds / 4)
    }
}
