import Glibc

/// Turns HTTP/1.1 text into header blocks. The text comes from this program's own writers: lines end with CRLF, names are
/// tokens.
enum HeadEncoder {
    /// Room for the block of a text. A line and its literal differ by a few bytes only.
    static func maximumCount(_ textCount: Int) -> Int { textCount * 2 + 128 }

    private static let longestShortName = 256

    static func isHeadRequest(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let base = text.baseAddress, text.count > 5 else { return false }
        return FieldRules.equals(base, "HEAD ")
    }

    /// A response head; nil when the status line is none.
    static func encodeResponse(
        _ text: UnsafeRawBufferPointer, _ encoder: inout HeaderEncoder, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer? {
        var lines = TextLines(text)
        guard let line = lines.next(), line.count >= 12, let base = line.baseAddress else { return nil }
        var target = encoder.begin(at: start)
        if FieldRules.equals(base + 9, "101") {
            // HTTP/2 has no 101: the answer to an extended CONNECT is 200 (RFC 8441 section 4).
            target = encoder.encode(staticEntry: 8, at: target)
        } else {
            let status = UnsafeRawBufferPointer(start: base + 9, count: 3)
            target = encoder.encode(staticIndex: 8, value: status, at: target)
        }
        return encodeFields(&lines, dropsHost: false, &encoder, at: target)
    }

    static func encodeTrailers(
        _ text: UnsafeRawBufferPointer, _ encoder: inout HeaderEncoder, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer? {
        var lines = TextLines(text)
        return encodeFields(&lines, dropsHost: false, &encoder, at: encoder.begin(at: start))
    }

    /// A request head; nil when the request line is none.
    static func encodeRequest(
        _ text: UnsafeRawBufferPointer, isTLS: Bool, acceptsTrailers: Bool, _ encoder: inout HeaderEncoder,
        at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer? {
        var lines = TextLines(text)
        guard let line = lines.next(), let methodEnd = line.firstIndex(of: 0x20),
            let targetEnd = line.lastIndex(of: 0x20), targetEnd > methodEnd + 1
        else { return nil }
        var target = encoder.begin(at: start)
        let method = UnsafeRawBufferPointer(rebasing: line[..<methodEnd])
        target = encoder.encode(staticIndex: 2, value: method, at: target)
        target = encoder.encode(staticEntry: isTLS ? 7 : 6, at: target)
        if let host = authority(lines) { target = encoder.encode(staticIndex: 1, value: host, at: target) }
        let path = UnsafeRawBufferPointer(rebasing: line[(methodEnd + 1)..<targetEnd])
        target = encoder.encode(staticIndex: 4, value: path, at: target)
        target = encodeFields(&lines, dropsHost: true, &encoder, at: target)
        guard acceptsTrailers else { return target }
        let (name, value): (StaticString, StaticString) = ("te", "trailers")
        return encoder.encode(
            name: UnsafeRawBufferPointer(start: name.utf8Start, count: 2),
            value: UnsafeRawBufferPointer(start: value.utf8Start, count: 8), at: target)
    }

    private static func authority(_ lines: TextLines) -> UnsafeRawBufferPointer? {
        var lines = lines
        while let line = lines.next(), line.count > 0 {
            guard line.count >= 5, line[4] == 0x3A, let base = line.baseAddress,
                FieldRules.equals(base, 4, anyCase: "host")
            else { continue }
            return TextLines.trimmed(line, from: 5)
        }
        return nil
    }

    private static func encodeFields(
        _ lines: inout TextLines, dropsHost: Bool, _ encoder: inout HeaderEncoder, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var target = start
        withUnsafeTemporaryAllocation(byteCount: longestShortName, alignment: 8) { name in
            while let line = lines.next(), line.count > 0 {
                guard let colon = TextLines.lowercaseName(of: line, into: name), let base = name.baseAddress else {
                    target = encodeLongName(line, &encoder, at: target)
                    continue
                }
                guard colon > 0 else { continue }
                switch FieldRules.kind(base, colon) {
                case .connectionSpecific, .te: continue
                case .host where dropsHost: continue
                case .ordinary, .host, .cookie, .contentLength: break
                }
                target = encoder.encode(
                    name: UnsafeRawBufferPointer(start: base, count: colon),
                    value: TextLines.trimmed(line, from: colon + 1), at: target)
            }
        }
        return target
    }

    private static func encodeLongName(
        _ line: UnsafeRawBufferPointer, _ encoder: inout HeaderEncoder, at target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        withUnsafeTemporaryAllocation(byteCount: line.count, alignment: 8) { name in
            guard let colon = TextLines.lowercaseName(of: line, into: name), colon > 0 else { return target }
            return encoder.encode(
                name: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name)[..<colon]),
                value: TextLines.trimmed(line, from: colon + 1), at: target)
        }
    }
}
