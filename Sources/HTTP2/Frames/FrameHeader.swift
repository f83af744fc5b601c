/// The frame types of RFC 9113 section 6. Others are ignored.
enum FrameType {
    static var data: UInt8 { 0 }
    static var headers: UInt8 { 1 }
    static var priority: UInt8 { 2 }
    static var resetStream: UInt8 { 3 }
    static var settings: UInt8 { 4 }
    static var pushPromise: UInt8 { 5 }
    static var ping: UInt8 { 6 }
    static var goAway: UInt8 { 7 }
    static var windowUpdate: UInt8 { 8 }
    static var continuation: UInt8 { 9 }
}

/// Flag bits of frames. Their meaning depends on the type.
enum FrameFlag {
    static var endStream: UInt8 { 0x01 }
    static var acknowledgement: UInt8 { 0x01 }
    static var endHeaders: UInt8 { 0x04 }
    static var padded: UInt8 { 0x08 }
    static var priority: UInt8 { 0x20 }
}

/// The nine bytes in front of every frame (RFC 9113 section 4.1).
package struct FrameHeader: BitwiseCopyable, Equatable {
    package static var byteCount: Int { 9 }
    /// The size of payload that every peer must take (SETTINGS_MAX_FRAME_SIZE), and the most that this side takes.
    package static var defaultMaximumPayload: Int { 16_384 }

    package var length: Int
    package var type: UInt8
    package var flags: UInt8
    /// Without the reserved bit.
    package var stream: UInt32

    package init(length: Int, type: UInt8, flags: UInt8, stream: UInt32) {
        self.length = length
        self.type = type
        self.flags = flags
        self.stream = stream
    }

    /// Reads the nine bytes at `bytes`.
    @inline(__always)
    init(at bytes: UnsafeRawPointer) {
        let first = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        length = Int(first &>> 8)
        type = UInt8(truncatingIfNeeded: first)
        flags = bytes.load(fromByteOffset: 4, as: UInt8.self)
        stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self)) & 0x7FFF_FFFF
    }

    /// Whether `bytes` begin with a whole DATA frame of `stream` that has some data and no padding.
    package static func isPlainData(_ bytes: UnsafeRawBufferPointer, of stream: UInt32) -> Bool {
        guard let base = bytes.baseAddress, bytes.count > byteCount else { return false }
        let header = FrameHeader(at: base)
        return header.type == FrameType.data && header.stream == stream && header.length > 0
            && header.length <= bytes.count - byteCount && !header.has(FrameFlag.padded)
    }

    /// Writes the nine bytes to `target`.
    @inline(__always)
    func write(to target: UnsafeMutableRawPointer) {
        let first = UInt32(truncatingIfNeeded: length) &<< 8 | UInt32(type)
        target.storeBytes(of: first.bigEndian, as: UInt32.self)
        target.storeBytes(of: flags, toByteOffset: 4, as: UInt8.self)
        target.storeBytes(of: stream.bigEndian, toByteOffset: 5, as: UInt32.self)
    }

    @inline(__always)
    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}
