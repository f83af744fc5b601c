import SwiftASN1

extension CertificateFacts {
    /// `Certificate` of RFC 5280, section 4.1, as far as it is of interest.
    init(der: [UInt8]) throws {
        let root = try DER.parse(der)
        let body = try root.children()[0]
        var fields = try body.children()
        // version [0] is absent in version 1.
        if fields.first?.identifier.tagClass == .contextSpecific { fields.removeFirst() }
        // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ..., extensions [3]
        guard fields.count >= 6 else { throw ASN1Error.malformed }
        let validity = try fields[3].children()
        guard validity.count == 2 else { throw ASN1Error.malformed }
        notBefore = try Self.time(validity[0])
        notAfter = try Self.time(validity[1])
        publicKey = try Self.publicKey(fields[5])
        names = []
        let tag = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        for extensions in fields.dropFirst(6) where extensions.identifier == tag {
            for entry in try extensions.children().flatMap({ try $0.children() }) {
                if let names = try Self.alternativeNames(entry) { self.names = names }
            }
        }
    }

    /// The key in a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7).
    private static func publicKey(_ info: ASN1Node) throws -> [UInt8] {
        let parts = try info.children()
        guard parts.count == 2 else { throw ASN1Error.malformed }
        return Array(try ASN1BitString(derEncoded: parts[1]).bytes)
    }

    /// The names of the extension subjectAltName; nil for other extensions.
    private static func alternativeNames(_ entry: ASN1Node) throws -> [String]? {
        let parts = try entry.children()
        guard parts.count >= 2, try ASN1ObjectIdentifier(derEncoded: parts[0]) == [2, 5, 29, 17] else { return nil }
        let value = try ASN1OctetString(derEncoded: parts[parts.count - 1])
        return try DER.parse(value.bytes).children().compactMap { name in
            guard name.identifier.tagClass == .contextSpecific, case .primitive(let bytes) = name.content else {
                return nil
            }
            switch name.identifier.tagNumber {
            case 2: return String(decoding: bytes, as: UTF8.self).lowercased()
            case 7: return address(Array(bytes))
            default: return nil
            }
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        guard bytes.count == 16 else { return nil }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }

    /// `Time`: UTCTime until 2049, GeneralizedTime from 2050.
    private static func time(_ node: ASN1Node) throws -> Int64 {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        let time = try GeneralizedTime(derEncoded: node)
        return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }

    /// Days by the count of days before the year and month, in a year that begins in March.
    private static func seconds(
        _ year: Int, _ month: Int, _ day: Int, _ hours: Int, _ minutes: Int, _ seconds: Int
    ) -> Int64 {
        let march = month > 2 ? month - 3 : month + 9
        let years = month > 2 ? year : year - 1
        let days =
            365 * years + years / 4 - years / 100 + years / 400 + (153 * march + 2) / 5 + day - 1
            - 719_468
        return Int64(days) * 86_400 + Int64(hours * 3_600 + minutes * 60 + seconds)
    }
}

/// Not the structure that the standard describes.
enum ASN1Error: Error {
    case malformed
}

extension ASN1Node {
    /// The nodes inside; an error for a value without any.
    func children() throws -> [ASN1Node] {
        guard case .constructed(let nodes) = content else { throw ASN1Error.malformed }
        let children = Array(nodes)
        guard !children.isEmpty else { throw ASN1Error.malformed }
        return children
    }
}
