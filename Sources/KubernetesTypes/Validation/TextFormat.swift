/// A named set of texts, such as DNS labels: what the `pattern` of a CRD field or of a core API says.
package struct TextFormat: Sendable {
    /// Completes the sentence "It must be …".
    package let description: String
    private let isMember: @Sendable (String.UTF8View.SubSequence) -> Bool

    package init(_ description: String, isMember: @escaping @Sendable (String.UTF8View.SubSequence) -> Bool) {
        self.description = description
        self.isMember = isMember
    }

    package func matches(_ text: String) -> Bool { isMember(text.utf8[...]) }

    package func matches(_ text: Substring) -> Bool { isMember(text.utf8[...]) }

    package func matches(_ bytes: String.UTF8View.SubSequence) -> Bool { isMember(bytes) }
}

extension TextFormat {
    /// RFC 1123 label of any length: lowercase letters, digits and inner hyphens.
    package static let dnsLabel = TextFormat(
        "lowercase letters, digits and hyphens, with a letter or digit at both ends"
    ) {
        isLabel($0, inner: isLowercaseDNS)
    }

    /// RFC 1035 label: a DNS label that begins with a letter.
    package static let dns1035Label = TextFormat(
        "lowercase letters, digits and hyphens, beginning with a letter and ending with a letter or digit"
    ) { text in
        isLabel(text, inner: isLowercaseDNS) && text.first.map { $0 > UInt8(ascii: "9") } ?? false
    }

    /// RFC 1123 subdomain of any length: DNS labels joined by dots.
    package static let dnsSubdomain = TextFormat(
        "lowercase letters, digits, hyphens and dots, with a letter or digit at both ends of every part"
    ) { text in
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(dnsLabel.matches)
    }

    /// The name of an API group: a DNS subdomain, or nothing for the core group.
    package static let apiGroup = TextFormat(
        "a DNS name such as `gateway.networking.k8s.io`, or \"\" for the core group"
    ) {
        $0.isEmpty || dnsSubdomain.matches($0)
    }

    /// The name of a kind.
    package static let kind = TextFormat("letters, digits and hyphens, beginning with a letter") { text in
        isLabel(text, inner: isDNS) && text.first.map { $0 > UInt8(ascii: "9") } ?? false
    }

    /// A label or annotation key: an optional DNS subdomain with `/`, then a name of 1...63 characters.
    package static let qualifiedName = TextFormat(
        "a name of at most 63 letters, digits, `-`, `_` and `.`, optionally after a DNS name and `/`"
    ) { text in
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else { return isQualifiedNamePart(text) }
        return dnsSubdomain.matches(text[..<slash]) && isQualifiedNamePart(text[text.index(after: slash)...])
    }

    /// The value of a label, without its limit of 63 characters.
    package static let labelValue = TextFormat(
        "letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, or empty"
    ) { $0.isEmpty || isLabel($0, inner: isNameByte) }

    /// IPv4 in dotted decimal.
    package static let ipv4Address = TextFormat("an IPv4 address") { text in
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy(isIPv4Part)
    }

    /// RFC 4291 text form, without a zone.
    package static let ipv6Address = TextFormat("an IPv6 address", isMember: isIPv6)
}

private func isLabel(_ text: String.UTF8View.SubSequence, inner: (UInt8) -> Bool) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last) && text.allSatisfy(inner)
}

private func isQualifiedNamePart(_ text: String.UTF8View.SubSequence) -> Bool {
    text.count <= 63 && isLabel(text, inner: isNameByte)
}

private func isNameByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
}

private func isDNS(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "-") }

private func isLowercaseDNS(_ byte: UInt8) -> Bool {
    isDNS(byte) && !(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
}

/// ASCII letters and digits.
package func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: false
    }
}

private func isIPv4Part(_ part: String.UTF8View.SubSequence) -> Bool {
    guard (1...3).contains(part.count), part.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    else { return false }
    // inet_pton refuses leading zeros, which some programs read as octal.
    if part.count > 1, part.first == UInt8(ascii: "0") { return false }
    return UInt8(Substring(part)) != nil
}

private func isIPv6(_ text: String.UTF8View.SubSequence) -> Bool {
    let halves = splitAtDoubleColon(text)
    guard halves.count <= 2 else { return false }
    var groups = 0
    for (position, half) in halves.enumerated() where !half.isEmpty {
        let parts = half.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = position == halves.count - 1 && index == parts.count - 1
            if isLast, part.contains(UInt8(ascii: ".")) {
                guard TextFormat.ipv4Address.matches(part) else { return false }
                groups += 2
            } else {
                guard (1...4).contains(part.count), UInt16(Substring(part), radix: 16) != nil,
                    part.first != UInt8(ascii: "+")
                else { return false }
                groups += 1
            }
        }
    }
    return halves.count == 2 ? groups < 8 : groups == 8
}

/// One part when there is no `::`, two when there is one, more when the text is not an address.
private func splitAtDoubleColon(_ text: String.UTF8View.SubSequence) -> [String.UTF8View.SubSequence] {
    var parts: [String.UTF8View.SubSequence] = []
    var start = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
        let next = text.index(after: index)
        if text[index] == UInt8(ascii: ":"), next < text.endIndex, text[next] == UInt8(ascii: ":") {
            parts.append(text[start..<index])
            start = text.index(after: next)
            index = start
        } else {
            index = next
        }
    }
    parts.append(text[start...])
    return parts
}
