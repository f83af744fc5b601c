import HTTPSemantics

/// Whether what a preflight asks for may be repeated in the answer.
enum CORSRequestNames {
    static func isMethod(_ value: UnsafeRawBufferPointer) -> Bool {
        1...maximumMethodLength ~= value.count && value.allSatisfy(ASCII.isTokenCharacter)
    }

    /// Field names, separated by commas and perhaps blanks.
    static func isList(_ value: UnsafeRawBufferPointer) -> Bool {
        guard 1...maximumListLength ~= value.count else { return false }
        var hasName = false
        var mayContinueName = true
        for byte in value {
            switch byte {
            case UInt8(ascii: ","):
                guard hasName else { return false }
                hasName = false
                mayContinueName = true
            case 0x20, 0x09:
                if hasName { mayContinueName = false }
            default:
                guard mayContinueName, ASCII.isTokenCharacter(byte) else { return false }
                hasName = true
            }
        }
        return hasName
    }

    private static let maximumMethodLength = 64
    private static let maximumListLength = 4096
}
