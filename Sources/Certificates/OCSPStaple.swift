import SwiftASN1

/// An OCSP response that a server may staple to its handshake (RFC 6066, section 8).
package enum OCSPStaple {
    /// Whether it is an `OCSPResponse` (RFC 6960, section 4.2.1) that says something: the status is `successful`.
    /// - Parameter der: bytes of unknown origin.
    package static func isSuccessful(_ der: [UInt8]) -> Bool {
        guard let root = try? DER.parse(der), root.identifier == .sequence, let parts = try? root.children(),
            parts.count == 2, parts[0].identifier == .enumerated, case .primitive(let status) = parts[0].content
        else { return false }
        return status.elementsEqual([0])
            && parts[1].identifier == ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
    }
}
