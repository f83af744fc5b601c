/// Base64 (RFC 4648 section 4) over bytes in place, for gRPC-Web bodies.
package enum Base64 {
    /// How many characters `count` bytes become, padding included.
    package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes `bytes` as characters, with padding.
    /// - Parameter target: has room for `encodedCount`.
    /// - Returns: how many characters there are.
    @discardableResult
    package static func encode(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) -> Int {
        var position = 0
        var offset = 0
        while offset + 3 <= bytes.count {
            let group = UInt32(bytes[offset]) << 16 | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2])
            store(group, 4, target + position)
            position += 4
            offset += 3
        }
        switch bytes.count - offset {
        case 1:
            store(UInt32(bytes[offset]) << 16, 2, target + position)
            position += 4
        case 2:
            store(UInt32(bytes[offset]) << 16 | UInt32(bytes[offset + 1]) << 8, 3, target + position)
            position += 4
        default: break
        }
        return position
    }

    /// The first `count` characters of a group of 24 bits, and padding behind them.
    @inline(__always)
    private static func store(_ group: UInt32, _ count: Int, _ target: UnsafeMutableRawPointer) {
        for index in 0..<4 {
            let sextet = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * index)) & 63
            target.storeBytes(
                of: index < count ? character(sextet) : UInt8(ascii: "="), toByteOffset: index, as: UInt8.self)
        }
    }

    @inline(__always)
    private static func character(_ sextet: UInt8) -> UInt8 {
        switch sextet {
        case 0..<26: 0x41 &+ sextet
        case 26..<52: 0x61 &+ (sextet &- 26)
        case 52..<62: 0x30 &+ (sextet &- 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    /// nil for what is no character of base64.
    @inline(__always)
    fileprivate static func sextet(_ character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5A: UInt32(character &- 0x41)
        case 0x61...0x7A: UInt32(character &- 0x61 &+ 26)
        case 0x30...0x39: UInt32(character &- 0x30 &+ 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// Decodes base64 that arrives in pieces. It may be several texts one behind the other, each with padding: gRPC-Web
/// clients write one whenever they flush.
package struct Base64Decoder: BitwiseCopyable, Sendable {
    /// The bits of characters of an incomplete group.
    private var bits: UInt32 = 0
    /// How many characters of the group are here: 0...3.
    private var count: UInt8 = 0
    /// The first of two padding characters is here, the second is due.
    private var awaitsPadding = false

    /// How far in front of the input a decoder may write when it decodes in place.
    package static var overlap: Int { 4 }

    package init() {}

    /// Writes the bytes of `text` to `target`, which may lie `overlap` bytes in front of `text` itself: writing never gets
    /// ahead of reading then.
    /// - Returns: how many bytes; nil when the text is malformed.
    package mutating func decode(_ text: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) -> Int? {
        var position = 0
        for offset in text.indices {
            let character = text[offset]
            if awaitsPadding || character == UInt8(ascii: "=") {
                guard let written = takePadding(character, target + position) else { return nil }
                position += written
                continue
            }
            guard let sextet = Base64.sextet(character) else { return nil }
            bits = bits << 6 | sextet
            count += 1
            guard count == 4 else { continue }
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 16), toByteOffset: position, as: UInt8.self)
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 8), toByteOffset: position + 1, as: UInt8.self)
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: position + 2, as: UInt8.self)
            position += 3
            reset()
        }
        return position
    }

    private mutating func takePadding(_ character: UInt8, _ target: UnsafeMutableRawPointer) -> Int? {
        guard character == UInt8(ascii: "=") else { return nil }
        if awaitsPadding {
            awaitsPadding = false
            return 0
        }
        guard count >= 2 else { return nil }
        let isShort = count == 2
        let written = flush(target)
        awaitsPadding = isShort
        return written
    }

    /// The end of the text. A last group without its padding is taken.
    /// - Parameter target: has room for two bytes.
    /// - Returns: how many bytes are still to come; nil when the text ends in the middle of a byte.
    package mutating func finish(to target: UnsafeMutableRawPointer) -> Int? {
        guard count != 1 else { return nil }
        return flush(target)
    }

    /// Writes what an incomplete group of two or three characters stands for.
    private mutating func flush(_ target: UnsafeMutableRawPointer) -> Int {
        defer { reset() }
        switch count {
        case 2:
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 4), as: UInt8.self)
            return 1
        case 3:
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 10), as: UInt8.self)
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits >> 2), toByteOffset: 1, as: UInt8.self)
            return 2
        default: return 0
        }
    }

    private mutating func reset() {
        bits = 0
        count = 0
    }
}
