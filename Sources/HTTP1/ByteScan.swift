/// Searches over raw bytes, sixteen at a time where that many are left. No search reads at or beyond `end`.
package enum ByteScan {
    private typealias Block = SIMD16<UInt8>

    /// The first lane that is set; 16 when none is.
    @inline(__always)
    private static func firstLane(_ mask: SIMDMask<SIMD16<Int8>>) -> Int {
        let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        let low = UInt64(littleEndian: words[0])
        if low != 0 { return low.trailingZeroBitCount &>> 3 }
        return 8 &+ UInt64(littleEndian: words[1]).trailingZeroBitCount &>> 3
    }

    @inline(__always)
    private static func block(_ base: UnsafeRawPointer, _ offset: Int) -> Block {
        base.loadUnaligned(fromByteOffset: offset, as: Block.self)
    }

    /// The first byte from `start` on that is not allowed in a token.
    @inline(__always)
    static func endOfToken(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position &+ 16 <= end {
            // Only the common characters are recognised sixteen at a time; the others by the set, below.
            let bytes = block(base, position)
            let letters = ((bytes | 0x20) &- 0x61) .< Block(repeating: 26)
            let digits = (bytes &- Byte.zero) .< Block(repeating: 10)
            let hyphens = bytes .== Block(repeating: 0x2D)
            let lane = firstLane(.!(letters .| digits .| hyphens))
            position &+= lane
            if lane < 16 {
                guard ByteSet.token.contains(base.load(fromByteOffset: position, as: UInt8.self)) else {
                    return position
                }
                position &+= 1
            }
        }
        while position < end, ByteSet.token.contains(base.load(fromByteOffset: position, as: UInt8.self)) {
            position &+= 1
        }
        return position
    }

    /// The first byte from `start` on that is not allowed in a field value: a control byte other than HTAB.
    @inline(__always)
    package static func endOfFieldContent(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position &+ 16 <= end {
            let bytes = block(base, position)
            let controls = (bytes .< Block(repeating: Byte.space)) .& (bytes .!= Block(repeating: Byte.tab))
            let lane = firstLane(controls .| (bytes .== Block(repeating: Byte.delete)))
            position &+= lane
            if lane < 16 { return position }
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < Byte.space && byte != Byte.tab || byte == Byte.delete { break }
            position &+= 1
        }
        return position
    }

    /// The first byte from `start` on that ends a path: a control byte, space, `#` or `?`.
    @inline(__always)
    static func endOfPath(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        endOfTargetPart(base, start, end, delimiter: Byte.questionMark)
    }

    /// The first byte from `start` on that ends a query or any request target: a control byte, space or `#`.
    @inline(__always)
    static func endOfTarget(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        endOfTargetPart(base, start, end, delimiter: Byte.numberSign)
    }

    @inline(__always)
    private static func endOfTargetPart(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, delimiter: UInt8
    ) -> Int {
        var position = start
        while position &+ 16 <= end {
            let bytes = block(base, position)
            let controls =
                (bytes .<= Block(repeating: Byte.space)) .| (bytes .== Block(repeating: Byte.delete))
            let delimiters =
                (bytes .== Block(repeating: Byte.numberSign)) .| (bytes .== Block(repeating: delimiter))
            let lane = firstLane(controls .| delimiters)
            position &+= lane
            if lane < 16 { return position }
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte <= Byte.space || byte == Byte.delete || byte == Byte.numberSign || byte == delimiter { break }
            position &+= 1
        }
        return position
    }

    /// Whether a head or trailer section that was incomplete after `scanned` bytes can be decided now that there are
    /// `count`: an empty line has come, or a byte that no continuation can repair.
    ///
    /// A head that trickles in is looked at once by this function and twice by its parser, whatever the size of the
    /// pieces.
    static func canDecide(_ base: UnsafeRawPointer, scanned: Int, count: Int) -> Bool {
        // One byte back: a CR that was last then must have its LF now.
        var position = max(scanned &- 1, 0)
        while true {
            position = endOfFieldContent(base, position, count)
            guard position < count else { return false }
            switch base.load(fromByteOffset: position, as: UInt8.self) {
            case Byte.carriageReturn:
                guard position &+ 1 < count else { return false }
                guard base.load(fromByteOffset: position &+ 1, as: UInt8.self) == Byte.lineFeed else { return true }
                if position == 0 || base.load(fromByteOffset: position &- 1, as: UInt8.self) == Byte.lineFeed {
                    return true
                }
                position &+= 2
            case Byte.lineFeed where position == scanned &- 1:
                // The LF of a line end that was already looked at.
                position &+= 1
            default:
                return true
            }
        }
    }
}
