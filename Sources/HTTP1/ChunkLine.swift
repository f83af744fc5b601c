/// Reads the line before the data of a chunk, byte by byte: `chunk-size [ chunk-ext ] CRLF`
/// (RFC 9112 section 7.1).
///
/// Extensions are checked against their grammar and ignored, as the RFC tells recipients that know none.
struct ChunkLine: BitwiseCopyable {
    /// Most bytes that the extensions of all chunks of one body may have together.
    static var maximumExtensionBytes: UInt32 { 4096 }
    /// Most digits of a size, leading zeros included.
    static var maximumDigits: UInt8 { 16 }

    private enum Phase: UInt8, BitwiseCopyable {
        case size
        /// Whitespace that must lead to a `;`, after a size or a value.
        case beforeSemicolon
        /// After `;`.
        case beforeName
        case name
        /// Whitespace after a name: `=`, `;`.
        case afterName
        /// After `=`.
        case beforeValue
        case value
        case quoted
        case escaped
        case afterQuoted
        case lineFeed
    }

    private var phase = Phase.size
    private var digits: UInt8 = 0
    private var extensionBytes: UInt32 = 0
    /// The size read so far; what the line says once `read` has returned true. At most `Int64.max`.
    private(set) var size: UInt64 = 0

    /// Prepares for the line of the next chunk.
    mutating func reset() {
        phase = .size
        digits = 0
        size = 0
    }

    /// Takes the next byte; true when it ends the line.
    @inline(__always)
    mutating func read(_ byte: UInt8) throws(HeadError) -> Bool {
        switch phase {
        case .size:
            let digit = Self.hexadecimalValue(byte)
            if digit < 16 {
                digits &+= 1
                // With a top digit of 8 or more the shift would leave the range of Int64.
                guard digits <= Self.maximumDigits, size >> 59 == 0 else { throw .invalidChunkSize }
                size = size &<< 4 | UInt64(digit)
            } else {
                guard digits > 0 else { throw .invalidChunkSize }
                try endElement(byte, otherwise: .invalidChunkSize)
            }
        case .lineFeed:
            guard byte == Byte.lineFeed else { throw .bareCarriageReturn }
            return true
        default: try readExtension(byte)
        }
        return false
    }

    /// After a size or a value: CR, `;` or whitespace before one.
    private mutating func endElement(_ byte: UInt8, otherwise error: HeadError) throws(HeadError) {
        switch byte {
        case Byte.carriageReturn: phase = .lineFeed
        case Byte.semicolon: phase = .beforeName
        case Byte.space, Byte.tab: phase = .beforeSemicolon
        case Byte.lineFeed: throw .bareLineFeed
        default: throw error
        }
    }

    @inline(never)
    private mutating func readExtension(_ byte: UInt8) throws(HeadError) {
        extensionBytes &+= 1
        guard extensionBytes <= Self.maximumExtensionBytes else { throw .chunkExtensionsTooLarge }
        let isToken = ByteSet.token.contains(byte)
        switch phase {
        case .beforeSemicolon:
            if byte == Byte.semicolon {
                phase = .beforeName
            } else if !Byte.isWhitespace(byte) {
                throw .invalidChunkExtension
            }
        case .beforeName:
            if isToken {
                phase = .name
            } else if !Byte.isWhitespace(byte) {
                throw .invalidChunkExtension
            }
        case .name, .afterName:
            if byte == Byte.equals {
                phase = .beforeValue
            } else if Byte.isWhitespace(byte) {
                phase = .afterName
            } else if phase == .afterName {
                guard byte == Byte.semicolon else { throw .invalidChunkExtension }
                phase = .beforeName
            } else if !isToken {
                try endElement(byte, otherwise: .invalidChunkExtension)
            }
        case .beforeValue:
            if byte == Byte.quote {
                phase = .quoted
            } else if isToken {
                phase = .value
            } else if !Byte.isWhitespace(byte) {
                throw .invalidChunkExtension
            }
        case .value:
            if !isToken { try endElement(byte, otherwise: .invalidChunkExtension) }
        case .quoted, .escaped: try readQuoted(byte)
        case .afterQuoted: try endElement(byte, otherwise: .invalidChunkExtension)
        case .size, .lineFeed: break
        }
    }

    /// quoted-string (RFC 9110 section 5.6.4): any byte but controls other than HTAB, `\` before a byte taken as is.
    private mutating func readQuoted(_ byte: UInt8) throws(HeadError) {
        guard byte >= Byte.space && byte != Byte.delete || byte == Byte.tab else { throw .invalidChunkExtension }
        if phase == .escaped {
            phase = .quoted
        } else if byte == Byte.backslash {
            phase = .escaped
        } else if byte == Byte.quote {
            phase = .afterQuoted
        }
    }

    /// The digit's value; 16 or more for any other byte.
    @inline(__always)
    private static func hexadecimalValue(_ byte: UInt8) -> UInt8 {
        let digit = Byte.digitValue(byte)
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : 0xFF
    }
}
