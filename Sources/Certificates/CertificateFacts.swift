/// What users of a TLS certificate should know about it before clients do (RFC 5280).
package struct CertificateFacts: Sendable, Hashable {
    /// DNS names and IP addresses of subjectAltName, in lower case. The common name does not count (RFC 9525).
    package var names: [String]
    /// Seconds since 1970-01-01T00:00:00Z.
    package var notBefore: Int64
    package var notAfter: Int64
    /// The content of `subjectPublicKey`, which tells one key pair from another.
    let publicKey: [UInt8]

    /// Why a certificate cannot be read: half a sentence. Never contains anything of the input.
    package struct Unreadable: Error, Hashable, CustomStringConvertible {
        package var description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// Reads the first certificate of a PEM text, which is the server's own (RFC 8446, section 4.4.2).
    package init(pem: [UInt8]) throws(Unreadable) {
        let blocks = try PEMBlocks.read(pem)
        guard let block = blocks.first(where: { $0.label == "CERTIFICATE" }) else {
            throw Unreadable(description: "it has no block CERTIFICATE")
        }
        do {
            self = try Self(der: block.bytes)
        } catch {
            throw Unreadable(description: "the block CERTIFICATE is not an X.509 certificate")
        }
    }

    /// All certificates of a PEM text, at least one: a server's chain, or the authorities that somebody trusts.
    package static func all(pem: [UInt8]) throws(Unreadable) -> [CertificateFacts] {
        let blocks = try PEMBlocks.read(pem).filter { $0.label == "CERTIFICATE" }
        if blocks.isEmpty { throw Unreadable(description: "it has no block CERTIFICATE") }
        var certificates: [CertificateFacts] = []
        for (index, block) in blocks.enumerated() {
            do {
                certificates.append(try Self(der: block.bytes))
            } catch {
                let which = blocks.count == 1 ? "the block CERTIFICATE" : "block \(index + 1) of \(blocks.count)"
                throw Unreadable(description: "\(which) is not an X.509 certificate")
            }
        }
        return certificates
    }

    /// Whether the private key is that of the certificate; nil when it cannot be read.
    /// - Parameter privateKeyPEM: PKCS#8, PKCS#1 or SEC 1.
    package func matches(privateKeyPEM pem: [UInt8]) -> Bool? {
        (try? PrivateKeyFacts(pem: pem)).map { $0.publicKey == publicKey }
    }
}
