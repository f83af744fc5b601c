import CertManager
import Crypto
import SwiftASN1
import X509

/// What a Certificate asks to stand in the certificate, in the terms of RFC 5280.
struct CertificateContents {
    var subject: DistinguishedName
    var names: [GeneralName]
    var keyUsage: X509.KeyUsage
    var extendedUsages: [ExtendedKeyUsage.Usage]
    var isCA: Bool

    init(_ spec: CertificateSpec) throws {
        subject = Self.subject(spec)
        names =
            spec.dnsNames.map(GeneralName.dnsName)
            + (try spec.ipAddresses.map { .ipAddress(ASN1OctetString(contentBytes: try IPAddressBytes.parse($0)[...])) })
            + spec.uris.map(GeneralName.uniformResourceIdentifier)
            + spec.emailAddresses.map(GeneralName.rfc822Name)
        isCA = spec.isCA
        (keyUsage, extendedUsages) = Self.usages(spec)
    }

    private static func subject(_ spec: CertificateSpec) -> DistinguishedName {
        var parts: [RelativeDistinguishedName] = []
        func add(_ type: ASN1ObjectIdentifier, _ texts: [String]) {
            for text in texts {
                parts.append(RelativeDistinguishedName(.init(type: type, utf8String: text)))
            }
        }
        add(.RDNAttributeType.countryName, spec.subject.countries)
        add(.RDNAttributeType.organizationName, spec.subject.organizations)
        add(.RDNAttributeType.organizationalUnitName, spec.subject.organizationalUnits)
        add(.RDNAttributeType.localityName, spec.subject.localities)
        add(.RDNAttributeType.stateOrProvinceName, spec.subject.provinces)
        if let commonName = spec.commonName, !commonName.isEmpty {
            add(.RDNAttributeType.commonName, [commonName])
        }
        return DistinguishedName(parts)
    }

    /// - Returns: the CRD's default when `usages` is empty.
    private static func usages(_ spec: CertificateSpec) -> (X509.KeyUsage, [ExtendedKeyUsage.Usage]) {
        var basic = X509.KeyUsage()
        var extended: [ExtendedKeyUsage.Usage] = []
        for usage in spec.usages.isEmpty ? [.digitalSignature, .keyEncipherment] : spec.usages {
            switch usage {
            case .signing, .digitalSignature: basic.digitalSignature = true
            case .contentCommitment: basic.nonRepudiation = true
            case .keyEncipherment: basic.keyEncipherment = true
            case .keyAgreement: basic.keyAgreement = true
            case .dataEncipherment: basic.dataEncipherment = true
            case .certSign: basic.keyCertSign = true
            case .crlSign: basic.cRLSign = true
            case .encipherOnly: basic.encipherOnly = true
            case .decipherOnly: basic.decipherOnly = true
            case .any: extended.append(.any)
            case .serverAuth: extended.append(.serverAuth)
            case .clientAuth: extended.append(.clientAuth)
            case .codeSigning: extended.append(.codeSigning)
            case .emailProtection, .smime: extended.append(.emailProtection)
            case .ipsecEndSystem: extended.append(.init(oid: [1, 3, 6, 1, 5, 5, 7, 3, 5]))
            case .ipsecTunnel: extended.append(.init(oid: [1, 3, 6, 1, 5, 5, 7, 3, 6]))
            case .ipsecUser: extended.append(.init(oid: [1, 3, 6, 1, 5, 5, 7, 3, 7]))
            case .timestamping: extended.append(.timeStamping)
            case .ocspSigning: extended.append(.ocspSigning)
            case .microsoftSGC: extended.append(.init(oid: [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]))
            case .netscapeSGC: extended.append(.init(oid: [2, 16, 840, 1, 113_730, 4, 1]))
            }
        }
        if spec.isCA { basic.keyCertSign = true }
        return (basic, extended)
    }

    /// Extensions that a request and a certificate have in common.
    func requestedExtensions() throws -> [X509.Certificate.Extension] {
        var list: [X509.Certificate.Extension] = []
        if !names.isEmpty {
            // Without a subject the names are all there is (RFC 5280 section 4.2.1.6).
            list.append(try .init(SubjectAlternativeNames(names), critical: subject.isEmpty))
        }
        list.append(try .init(keyUsage, critical: true))
        if !extendedUsages.isEmpty { list.append(try .init(ExtendedKeyUsage(extendedUsages), critical: false)) }
        return list
    }
}

/// The bytes of addresses in certificates.
enum IPAddressBytes {
    struct NotAnAddress: Error {}

    static func parse(_ text: String) throws -> [UInt8] {
        if !text.contains(":") {
            let parts = text.split(separator: ".").compactMap { UInt8($0) }
            guard parts.count == 4 else { throw NotAnAddress() }
            return parts
        }
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        let sides = try halves.map { try groups($0) }
        guard sides.count == 2 else {
            guard sides[0].count == 16 else { throw NotAnAddress() }
            return sides[0]
        }
        guard sides[0].count + sides[1].count < 16 else { throw NotAnAddress() }
        return sides[0] + [UInt8](repeating: 0, count: 16 - sides[0].count - sides[1].count) + sides[1]
    }

    private static func groups(_ text: Substring) throws -> [UInt8] {
        try text.split(separator: ":").flatMap { group -> [UInt8] in
            if group.contains(".") { return try parse(String(group)) }
            guard let number = UInt16(group, radix: 16) else { throw NotAnAddress() }
            return [UInt8(number >> 8), UInt8(number & 0xFF)]
        }
    }
}
