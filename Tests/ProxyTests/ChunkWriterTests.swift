import HTTPSemantics
import Testing

@testable import Proxy

@Suite struct ChunkWriterTests {
    /// Frames `body` inside a larger buffer, as the receive area is, and returns what would be sent.
    private func chunk(_ body: String, isLast: Bool, trailers: [(String, String, Bool)] = []) throws -> String {
        var sent: [UInt8] = []
        try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { memory in
            let start = try #require(memory.baseAddress) + 64
            let area = UnsafeMutableRawBufferPointer(rebasing: memory[64...])
            area.copyBytes(from: body.utf8)
            var lines: [FieldLine] = []
            var offset = 2000
            for (name, value, isForbidden) in trailers {
                let text = name + value
                UnsafeMutableRawBufferPointer(rebasing: area[offset...]).copyBytes(from: text.utf8)
                lines.append(
                    FieldLine(
                        nameOffset: UInt32(offset), nameLength: UInt16(name.utf8.count),
                        valueOffset: UInt32(offset + name.utf8.count), valueLength: UInt32(value.utf8.count),
                        known: .other, isHopByHop: isForbidden))
                offset += text.utf8.count
            }
            lines.withUnsafeBufferPointer { lines in
                ChunkWriter.withChunk(
                    UnsafeMutableRawBufferPointer(rebasing: area[..<body.utf8.count]), isLast: isLast, trailers: lines,
                    trailerBase: start, emptyAt: start
                ) { sent += $0 }
            }
        }
        return String(decoding: sent, as: UTF8.self)
    }

    @Test func `data becomes one chunk`() throws {
        #expect(try chunk("hello", isLast: false) == "5\r\nhello\r\n")
        let long = String(repeating: "x", count: 300)
        #expect(try chunk(long, isLast: false) == "12c\r\n\(long)\r\n")
    }

    @Test func `no data and no end send nothing`() throws {
        #expect(try chunk("", isLast: false) == "")
    }

    @Test func `the end is the last chunk`() throws {
        #expect(try chunk("ab", isLast: true) == "2\r\nab\r\n0\r\n\r\n")
        #expect(try chunk("", isLast: true) == "0\r\n\r\n")
    }

    @Test func `trailers follow the last chunk, forbidden ones do not`() throws {
        let trailers = [("X-Sum", "42", false), ("Content-Length", "9", true), ("X-Empty", "", false)]
        #expect(try chunk("ab", isLast: true, trailers: trailers) == "2\r\nab\r\n0\r\nX-Sum: 42\r\nX-Empty: \r\n\r\n")
    }
}
