import KubernetesTypes

extension TextFormat {
    /// `Hostname`: a lowercase DNS name, the first label may be `*`.
    static let hostname = TextFormat("a lowercase DNS name, optionally with `*.` in front") { text in
        dnsSubdomain.matches(text.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) ? text.dropFirst(2) : text)
    }

    /// `GatewayController`: a DNS name, `/` and a path.
    static let controllerName = TextFormat("a DNS name and a path, such as `example.com/gateway-controller`") { text in
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let path = text[text.index(after: slash)...]
        return dnsSubdomain.matches(text[..<slash]) && !path.isEmpty && path.allSatisfy(isDomainPathByte)
    }

    /// `ProtocolType`. The CRD's pattern does not anchor its second half: only the last part of a DNS name counts.
    static let protocolName = TextFormat("a name such as `HTTPS`, or a DNS name and a name, such as `example.com/bar`")
    {
        text in
        if isWord(text) { return true }
        guard let slash = text.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let name = text[text.index(after: slash)...]
        return !name.isEmpty && name.allSatisfy(isAlphanumeric) && endsLikeDNSName(text[..<slash])
    }

    /// `AddressType`, as loose as the CRD's pattern, whose alternatives are not anchored.
    static let addressType = TextFormat("IPAddress, Hostname, NamedAddress or a DNS name and a path") { text in
        let string = String(Substring(text))
        if string.hasPrefix("Hostname") || string.contains("IPAddress") || string.contains("NamedAddress") {
            return true
        }
        return text.indices.contains { index in
            text[index] == UInt8(ascii: "/") && index != text.index(before: text.endIndex)
                && text[text.index(after: index)...].allSatisfy(isDomainPathByte) && endsLikeDNSName(text[..<index])
        }
    }

    /// An RFC 9110 token, which is what field names are.
    static let fieldName = TextFormat("letters, digits and ! # $ % & ' * + - . ^ _ ` | ~") { text in
        !text.isEmpty && text.allSatisfy(isTokenByte)
    }

    /// `HTTPHeaderValue`: words of visible ASCII with one space or tab between them.
    static let fieldValue = TextFormat("visible ASCII characters with single spaces or tabs between them") { text in
        var previousIsBlank = true
        for byte in text {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            guard isBlank ? !previousIsBlank : byte > 0x20 && byte < 0x7F else { return false }
            previousIsBlank = isBlank
        }
        return !previousIsBlank
    }

    /// The characters of an RFC 3986 path, percent-encoded ones included.
    static let pathCharacters = TextFormat("unreserved characters, / : @ ! $ & ' ( ) * + , ; = and %XX") { text in
        var rest = text
        guard !rest.isEmpty else { return false }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, rest.prefix(2).allSatisfy(isHexadecimal) else { return false }
                rest = rest.dropFirst(2)
            } else if !isPathByte(byte) {
                return false
            }
        }
        return true
    }

    /// `CORSOrigin`: `*`, or a scheme and a host with optional wildcard and port.
    static let corsOrigin = TextFormat("`*`, or a scheme, host and optional port, such as `https://*.example.com:8443`")
    {
        text in
        if text.elementsEqual("*".utf8) { return true }
        guard let scheme = ["http://", "https://"].first(where: { text.starts(with: $0.utf8) }) else { return false }
        var host = text.dropFirst(scheme.utf8.count)
        if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
            let port = host[host.index(after: colon)...]
            guard (1...5).contains(port.count), port.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
            else { return false }
            host = host[..<colon]
        }
        if host.elementsEqual("*".utf8) { return true }
        if host.starts(with: "*.".utf8) { host = host.dropFirst(2) }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }
}

private func isWord(_ text: String.UTF8View.SubSequence) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
        && text.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
}

private func endsLikeDNSName(_ text: String.UTF8View.SubSequence) -> Bool {
    guard let last = text.last else { return false }
    return isAlphanumeric(last) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(last)
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        true
    default: false
    }
}

private func isPathByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "-/._~!$&'()*+,;=:@".utf8.contains(byte)
}

private func isDomainPathByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "/-._~%!$&'()*+,;=:".utf8.contains(byte)
}

private func isTokenByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}
