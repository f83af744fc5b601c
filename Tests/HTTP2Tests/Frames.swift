import HTTP2

/// A frame as bytes on the wire are written and read in tests.
struct Frame: Equatable, CustomStringConvertible {
    enum Kind: UInt8 {
        case data, headers, priority, resetStream, settings, pushPromise, ping, goAway, windowUpdate, continuation
        case unknown = 0xEE
    }

    var kind: Kind
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let endStream: UInt8 = 0x1
    static let ack: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4
    static let padded: UInt8 = 0x8
    static let priority: UInt8 = 0x20

    var bytes: [UInt8] {
        [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255), kind.rawValue, flags]
            + word(stream) + payload
    }

    var description: String { "\(kind) flags \(flags) stream \(stream) \(payload.prefix(64))" }

    /// All frames in `bytes`, which hold nothing else.
    static func all(in bytes: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            rest = rest.dropFirst(9)
            frames.append(
                Frame(
                    kind: Kind(rawValue: head[3]) ?? .unknown, flags: head[4], stream: number(head[5...]),
                    payload: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return frames
    }

    // MARK: Short forms

    static func settings(_ parameters: (UInt16, UInt32)...) -> Frame {
        Frame(kind: .settings, payload: parameters.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] + word($1) })
    }

    static func headers(
        _ stream: UInt32, _ block: [UInt8] = getBlock, ends: Bool = true, flags: UInt8 = endHeaders
    ) -> Frame {
        Frame(kind: .headers, flags: flags | (ends ? endStream : 0), stream: stream, payload: block)
    }

    static func data(_ stream: UInt32, _ count: Int, ends: Bool = false) -> Frame {
        Frame(kind: .data, flags: ends ? endStream : 0, stream: stream, payload: Array(repeating: 0x61, count: count))
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> Frame {
        Frame(kind: .windowUpdate, stream: stream, payload: word(increment))
    }

    static func reset(_ stream: UInt32, _ code: ErrorCode = .cancel) -> Frame {
        Frame(kind: .resetStream, stream: stream, payload: word(code.rawValue))
    }

    static func ping(_ flags: UInt8 = 0, count: Int = 8, stream: UInt32 = 0) -> Frame {
        Frame(kind: .ping, flags: flags, stream: stream, payload: Array(repeating: 7, count: count))
    }

    static func goAway(_ last: UInt32, _ code: ErrorCode = .noError) -> Frame {
        Frame(kind: .goAway, payload: word(last) + word(code.rawValue))
    }
}

func word(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
}

func number(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

/// A block that leaves the tables alone: literals without indexing, without Huffman.
func block(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { name, value in [0x00] + string(name) + string(value) }
}

func string(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    var length: [UInt8] = [UInt8(min(count, 127))]
    if count >= 127 {
        var rest = count - 127
        while rest >= 128 {
            length.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        length.append(UInt8(rest))
    }
    return length + text.utf8
}

let getFields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a.test")]
let postFields = [(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "a.test")]
let getBlock = block(getFields)
let postBlock = block(postFields)
