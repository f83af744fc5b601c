import Crypto
import Foundation
import KubernetesTypes

/// The key that proves an ACME account (RFC 8555 section 6.2): P-256, so that requests are signed with ES256.
struct ACMEAccountKey: Sendable {
    private let key: P256.Signing.PrivateKey

    init() {
        key = P256.Signing.PrivateKey()
    }

    init(pem: SecretBytes) throws {
        key = try P256.Signing.PrivateKey(pemRepresentation: String(decoding: pem.bytes, as: UTF8.self))
    }

    var pem: SecretBytes { SecretBytes(Array((key.pemRepresentation + "\n").utf8)) }

    /// The public key as JWK (RFC 7517) with its members in the order that thumbprints need (RFC 7638).
    var publicJWK: String {
        let point = key.publicKey.rawRepresentation
        return #"{"crv":"P-256","kty":"EC","x":"\#(Base64URL.encode(point.prefix(32)))","#
            + #""y":"\#(Base64URL.encode(point.suffix(32)))"}"#
    }

    /// `token.thumbprint` (RFC 8555 section 8.1).
    func keyAuthorization(_ token: String) -> String {
        "\(token).\(Base64URL.encode(SHA256.hash(data: Data(publicJWK.utf8))))"
    }

    func sign(_ text: String) throws -> String {
        Base64URL.encode(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }
}

/// RFC 4648 section 5, without padding.
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// Takes padding and the ordinary alphabet too, as CAs are not strict about the keys they hand out.
    static func decode(_ text: String) -> [UInt8]? {
        var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            .replacingOccurrences(of: "=", with: "")
        while !text.count.isMultiple(of: 4) { text += "=" }
        return Data(base64Encoded: text).map { [UInt8]($0) }
    }
}
