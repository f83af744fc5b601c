/// What an unquoted scalar means to Kubernetes, whose YAML parser follows YAML 1.1: `yes` and `off` are booleans.
enum PlainScalar: Hashable {
    case null
    case boolean(Bool)
    case number
    case text

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .boolean(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .boolean(false)
        default: self = Self.isNumber(text) ? .number : .text
        }
    }

    /// Decimal, hexadecimal, octal and binary integers with `_` between digits; decimal fractions; infinity and NaN.
    private static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        switch String(Substring(rest)) {
        case ".inf", ".Inf", ".INF": return true
        case ".nan", ".NaN", ".NAN": return rest.count == text.utf8.count
        default: break
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where rest.starts(with: prefix.utf8) {
            let digits = rest.dropFirst(2)
            return !digits.isEmpty && digits.allSatisfy { isDigit($0, radix: radix) || $0 == UInt8(ascii: "_") }
        }
        return isDecimal(rest)
    }

    private static func isDecimal(_ text: String.UTF8View.SubSequence) -> Bool {
        var rest = text
        func takeDigits() -> Int {
            let digits = rest.prefix { isDigit($0, radix: 10) || $0 == UInt8(ascii: "_") }
            rest = rest.dropFirst(digits.count)
            return digits.count { $0 != UInt8(ascii: "_") }
        }
        guard rest.first != UInt8(ascii: "_") else { return false }
        var digits = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += takeDigits()
        }
        guard digits > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } ?? false
    }
}
