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
        publicKey = try PublicKey(info: fields[5])
        names = []
        let tag = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        for extensions in fields.dropFirst(6) where extensions.identifier == tag {
            for entry in try extensions.children().flatMap({ try $0.children() }) {
                if let names = try Self.alternativeNames(entry) { self.names = names }
            }
        }
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

/// What tells one key pair from another.
enum PublicKey: Sendable, Hashable {
    /// The modulus.
    case rsa([UInt8])
    /// The point, uncompressed.
    case ellipticCurve([UInt8])
    /// Of an algorithm whose private key does not contain the public one.
    case other

    /// `SubjectPublicKeyInfo` of RFC 5280, section 4.1.2.7.
    init(info: ASN1Node) throws {
        let parts = try info.children()
        guard parts.count == 2 else { throw ASN1Error.malformed }
        let bits = try ASN1BitString(derEncoded: parts[1])
        switch try Self.algorithm(parts[0]) {
        case Self.rsaEncryption: self = .rsa(try Self.integers(DER.parse(bits.bytes))[0])
        case Self.ecPublicKey: self = .ellipticCurve(Array(bits.bytes))
        default: self = .other
        }
    }

    /// nil when the key does not tell its public half.
    init?(ofPrivateKey der: [UInt8], label: String) throws {
        let root = try DER.parse(der)
        switch label {
        case "RSA PRIVATE KEY": try self.init(rsa: root)
        case "EC PRIVATE KEY": try self.init(ellipticCurve: root)
        case "PRIVATE KEY":
            // PKCS#8 (RFC 5958): version, algorithm, the key in its own format.
            let parts = try root.children()
            guard parts.count >= 3 else { return nil }
            let inner = try ASN1OctetString(derEncoded: parts[2])
            switch try Self.algorithm(parts[1]) {
            case Self.rsaEncryption: try self.init(rsa: DER.parse(inner.bytes))
            case Self.ecPublicKey: try self.init(ellipticCurve: DER.parse(inner.bytes))
            default: return nil
            }
        default: return nil
        }
    }

    /// PKCS#1 (RFC 8017, appendix A.1.2): version, modulus, ...
    private init?(rsa key: ASN1Node) throws {
        let numbers = try Self.integers(key)
        guard numbers.count > 1 else { return nil }
        self = .rsa(numbers[1])
    }

    /// SEC 1 (RFC 5915): the public key is the optional field [1].
    private init?(ellipticCurve key: ASN1Node) throws {
        let tag = ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific)
        guard let field = try key.children().first(where: { $0.identifier == tag }),
            let bits = try field.children().first
        else { return nil }
        self = .ellipticCurve(Array(try ASN1BitString(derEncoded: bits).bytes))
    }

    private static let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 1]
    private static let ecPublicKey: ASN1ObjectIdentifier = [1, 2, 840, 10_045, 2, 1]

    private static func algorithm(_ identifier: ASN1Node) throws -> ASN1ObjectIdentifier? {
        try identifier.children().first.map { try ASN1ObjectIdentifier(derEncoded: $0) }
    }

    /// The bytes of the numbers of a sequence, without the zero that keeps them positive.
    private static func integers(_ sequence: ASN1Node) throws -> [[UInt8]] {
        try sequence.children().map { node in
            guard node.identifier == .integer, case .primitive(let bytes) = node.content else {
                throw ASN1Error.malformed
            }
            return Array(bytes.drop { $0 == 0 })
        }
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
