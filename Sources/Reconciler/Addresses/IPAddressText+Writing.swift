extension IPAddressText {
    /// 4 or 16, in network order.
    var bytes: [UInt8] {
        switch self {
        case .v4(let bytes), .v6(let bytes): bytes
        }
    }

    /// - Parameter bytes: 4 or 16.
    init(bytes: [UInt8]) {
        self = bytes.count == 4 ? .v4(bytes) : .v6(bytes)
    }

    /// Dotted decimal, or the canonical form of RFC 5952 (without the special forms for embedded IPv4).
    var text: String {
        guard case .v6(let bytes) = self else { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let zeros = Self.longestZeros(groups) else { return text(groups[...]) }
        return "\(text(groups[..<zeros.lowerBound]))::\(text(groups[zeros.upperBound...]))"
    }

    /// The first of the longest runs of two or more zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var index = 0
        while index < groups.count {
            let end = groups[index...].firstIndex { $0 != 0 } ?? groups.count
            if end - index > max(1, longest?.count ?? 0) { longest = index..<end }
            index = max(end, index + 1)
        }
        return longest
    }
}
