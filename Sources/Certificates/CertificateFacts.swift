import SwiftASN1

/// What users of a TLS certificate should know about it before clients do (RFC 5280).
package struct CertificateFacts: Sendable, Hashable {
    /// DNS names and IP addresses of subjectAltName, in lower case. The common name does not count (RFC 9525).
    package var names: [String]
    /// Seconds since 1970-01-01T00:00:00Z.
    package var notBefore: Int64
    package var notAfter: Int64
    let publicKey: PublicKey

    /// Why a certificate cannot be read: half a sentence. Never contains anything of the input.
    package struct Unreadable: Error, Hashable, CustomStringConvertible {
        package var description: String
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

    /// Whether the private key is that of the certificate; nil when one cannot tell without computing.
    /// - Parameter privateKeyPEM: PKCS#8, PKCS#1 or SEC 1.
    package func matches(privateKeyPEM pem: [UInt8]) -> Bool? {
        guard let blocks = try? PEMBlocks.read(pem),
            let block = blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }),
            let key = try? PublicKey(ofPrivateKey: block.bytes, label: block.label)
        else { return nil }
        return key == publicKey
    }
}

enum PEMBlocks {
    static func read(_ pem: [UInt8]) throws(CertificateFacts.Unreadable) -> [(label: String, bytes: [UInt8])] {
        guard let text = String(validating: pem, as: UTF8.self),
            let documents = try? PEMDocument.parseMultiple(pemString: text)
        else { throw CertificateFacts.Unreadable(description: "it is not PEM text") }
        return documents.map { ($0.discriminator, $0.derBytes) }
    }
}
