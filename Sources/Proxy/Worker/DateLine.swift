import Glibc

/// The `Date` field line (RFC 9110 section 6.6.1), written anew once a second.
struct DateLine {
    private static let length = 37
    private let bytes: UnsafeMutableRawPointer
    private var validUntil: UInt64 = 0

    init() {
        // Lives as long as its worker, which lives as long as the process.
        bytes = .allocate(byteCount: 64, alignment: 8)
    }

    mutating func write(to writer: inout HeadWriter, now: UInt64) {
        if now >= validUntil {
            render()
            validUntil = now + 1_000_000_000
        }
        writer.write(bytes, Self.length)
    }

    private func render() {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days: StaticString = "SunMonTueWedThuFriSat"
        let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
        put("Date: ", at: 0)
        bytes.advanced(by: 6).copyMemory(from: days.utf8Start + Int(parts.tm_wday) * 3, byteCount: 3)
        put(", ", at: 9)
        put(number: Int(parts.tm_mday), at: 11)
        put(" ", at: 13)
        bytes.advanced(by: 14).copyMemory(from: months.utf8Start + Int(parts.tm_mon) * 3, byteCount: 3)
        put(" ", at: 17)
        put(number: (1900 + Int(parts.tm_year)) / 100, at: 18)
        put(number: (1900 + Int(parts.tm_year)) % 100, at: 20)
        put(" ", at: 22)
        put(number: Int(parts.tm_hour), at: 23)
        put(":", at: 25)
        put(number: Int(parts.tm_min), at: 26)
        put(":", at: 28)
        put(number: Int(parts.tm_sec), at: 29)
        put(" GMT\r\n", at: 31)
    }

    private func put(_ text: StaticString, at offset: Int) {
        (bytes + offset).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    }

    /// Two digits.
    private func put(number: Int, at offset: Int) {
        bytes.storeBytes(of: UInt8(truncatingIfNeeded: 48 + number / 10), toByteOffset: offset, as: UInt8.self)
        bytes.storeBytes(of: UInt8(truncatingIfNeeded: 48 + number % 10), toByteOffset: offset + 1, as: UInt8.self)
    }
}
