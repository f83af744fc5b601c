package import KubernetesTypes

extension Certificate {
    /// What cert-manager's webhook would refuse.
    package func validate() -> [ValidationIssue] {
        var validator = Validator()
        metadata.validate(into: &validator, isNamespaced: true)
        validator.field("spec") { spec.validate(into: &$0) }
        return validator.issues
    }
}

extension CertificateSpec {
    /// cert-manager's `MinimumCertificateDuration` and `MinimumRenewBefore`.
    private static let shortestDuration = GoDuration.hours(1)
    private static let shortestRenewBefore = GoDuration(seconds: 300)

    package func validate(into validator: inout Validator) {
        validator.text("secretName", secretName, length: 1...253, format: .dnsSubdomain)
        validator.field("issuerRef") { issuerRef.validate(into: &$0) }
        if commonName?.isEmpty ?? true, dnsNames.isEmpty, ipAddresses.isEmpty, uris.isEmpty, emailAddresses.isEmpty {
            validator.report(
                .certificateWithoutNames, "The certificate is for nobody.",
                help: "Add dnsNames with the hostnames that clients use.")
        }
        validator.text("commonName", commonName, length: 0...64)
        validator.list("dnsNames", dnsNames, count: 0...1000) { validator, name in
            validator.text(name, called: "the name", length: 1...253, format: .certificateDNSName)
        }
        validator.list("ipAddresses", ipAddresses, count: 0...1000) { validator, address in
            validator.text(address, called: "the address", length: 1...64, format: .ipAddress)
        }
        validator.list("uris", uris, count: 0...1000) { validator, uri in
            validator.text(uri, called: "the URI", length: 1...2048, format: .absoluteURI)
        }
        validateTimes(into: &validator)
        validator.field("privateKey") { privateKey.validate(into: &$0) }
    }

    private func validateTimes(into validator: inout Validator) {
        let life = duration ?? Self.defaultDuration
        if let duration, duration.seconds < Self.shortestDuration.seconds {
            validator.field("duration") {
                $0.report(.certificateTimes, "duration is less than 1h.", help: "Use 1h or more.")
            }
        }
        if let renewBefore {
            validator.field("renewBefore") { validator in
                if renewBefore.seconds < Self.shortestRenewBefore.seconds {
                    validator.report(.certificateTimes, "renewBefore is less than 5m.", help: "Use 5m or more.")
                } else if renewBefore.seconds >= life.seconds {
                    validator.report(
                        .certificateTimes, "renewBefore is not shorter than the certificate's life.",
                        help: "Use less than duration (90 days when it is not set).")
                }
            }
            if renewBeforePercentage != nil {
                validator.report(
                    .certificateTimes, "renewBefore and renewBeforePercentage exclude each other.",
                    help: "Keep one of them.")
            }
        }
        validator.number("renewBeforePercentage", renewBeforePercentage, in: 1...99)
    }
}

extension CertificatePrivateKeySpec {
    fileprivate func validate(into validator: inout Validator) {
        guard let size, let allowed = Self.sizes(of: algorithm), !allowed.contains(size) else { return }
        validator.field("size") {
            $0.report(
                .privateKeySize, "\(algorithm.rawValue) keys of \(size) bits are not made.",
                help: "Use one of: \(allowed.map(String.init).joined(separator: ", ")).")
        }
    }

    /// The first is the default; nil when there is no choice.
    private static func sizes(of algorithm: PrivateKeyAlgorithm) -> [Int]? {
        switch algorithm {
        case .rsa: [2048, 3072, 4096, 8192]
        case .ecdsa: [256, 384, 521]
        case .ed25519: nil
        }
    }
}

extension IssuerReference {
    fileprivate func validate(into validator: inout Validator) {
        validator.text("name", name, length: 1...253, format: .dnsSubdomain)
        guard group == certManagerGroup, !["Issuer", "ClusterIssuer"].contains(kind) else { return }
        validator.field("kind") { $0.reportUnknown("kind", kind, known: ["Issuer", "ClusterIssuer"]) }
    }
}

extension TextFormat {
    /// A name as certificates have it: a DNS name in lower case, the first label may be `*`.
    fileprivate static let certificateDNSName = TextFormat("a lowercase DNS name, optionally with `*.` in front") {
        dnsSubdomain.matches($0.starts(with: "*.".utf8) ? $0.dropFirst(2) : $0)
    }

    fileprivate static let ipAddress = TextFormat("an IPv4 or IPv6 address") {
        ipv4Address.matches($0) || ipv6Address.matches($0)
    }

    fileprivate static let absoluteURI = TextFormat("a URI such as `spiffe://example.com/ns/shop`") { text in
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon != text.startIndex else { return false }
        return text.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
