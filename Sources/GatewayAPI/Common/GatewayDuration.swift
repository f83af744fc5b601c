/// A duration as the Gateway API writes it (GEP-2257): one to four numbers of up to five digits, each followed by
/// `h`, `m`, `s` or `ms`, in any order, added up.
package struct GatewayDuration: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Never negative.
    package let milliseconds: Int64

    /// - Parameter milliseconds: negative values become zero.
    package init(milliseconds: Int64) {
        self.milliseconds = max(0, milliseconds)
    }

    package static let zero = GatewayDuration(milliseconds: 0)

    package var isZero: Bool { milliseconds == 0 }

    package var duration: Duration { .milliseconds(milliseconds) }

    package static func < (lhs: GatewayDuration, rhs: GatewayDuration) -> Bool {
        lhs.milliseconds < rhs.milliseconds
    }
}

extension GatewayDuration {
    /// Reads the text of a manifest; nil when it is not of the form that the CRDs demand.
    package init?(_ text: String) {
        var milliseconds: Int64 = 0
        var parts = 0
        var rest = Substring(text).utf8
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let unit = rest.dropFirst(digits.count).prefix { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") }
            parts += 1
            guard parts <= 4, (1...5).contains(digits.count), let number = Int64(Substring(digits)) else { return nil }
            switch String(Substring(unit)) {
            case "h": milliseconds += number * 3_600_000
            case "m": milliseconds += number * 60_000
            case "s": milliseconds += number * 1000
            case "ms": milliseconds += number
            default: return nil
            }
            rest = rest.dropFirst(digits.count + unit.count)
        }
        guard parts > 0 else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The canonical form: hours, minutes, seconds and milliseconds in this order, zero parts left out, `0s` for zero.
    package var description: String {
        let parts = [
            (milliseconds / 3_600_000, "h"), (milliseconds / 60_000 % 60, "m"), (milliseconds / 1000 % 60, "s"),
            (milliseconds % 1000, "ms"),
        ]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        return text.isEmpty ? "0s" : text
    }
}
