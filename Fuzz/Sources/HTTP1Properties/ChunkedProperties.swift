package import HTTP1
import HTTPSemantics

private let limits = HeadLimits(requestLineBytes: 512, headerSectionBytes: 256, fieldCount: 8)

/// A chunked body as it looks when all pieces have been decoded.
package struct DecodedBody: Equatable {
    package var body: [UInt8] = []
    package var state = ChunkedResult.State.needMore
    /// Bytes used up in all calls together.
    package var consumed = 0
    /// Trailer fields as `name: value`, with `!` in front of those that must not be forwarded.
    package var trailers: [String] = []
}

/// Decodes `input` cut into pieces that end at `cuts` (ascending), as a proxy would: what a call leaves unconsumed
/// stands in front of the next piece.
package func decodeChunked(
    _ input: [UInt8], cutAt cuts: [Int], limits: HeadLimits = HeadLimits()
) throws -> DecodedBody {
    let fields = FieldStorage(capacity: 32)
    var decoder = ChunkedDecoder()
    var decoded = DecodedBody()
    var tail: [UInt8] = []
    var start = 0
    for cut in cuts + [input.count] {
        let piece = tail + input[start..<cut]
        start = cut
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: piece)
        let result = decoder.decode(copy, trailers: fields, limits: limits)
        try require(result.consumed <= piece.count, "consumes more than there is")
        try require(result.bodyOffset + result.bodyLength <= result.consumed, "data behind what is consumed")
        decoded.body += copy[result.bodyOffset..<result.bodyOffset + result.bodyLength]
        decoded.consumed += result.consumed
        decoded.state = result.state
        tail = Array(piece[result.consumed...])
        switch result.state {
        case .needMore: continue
        case .complete:
            decoded.trailers = fields.prefix(result.trailerCount).map { line in
                let name = copy[Int(line.nameOffset)...].prefix(Int(line.nameLength))
                let value = copy[Int(line.valueOffset)...].prefix(Int(line.valueLength))
                return (line.isHopByHop ? "!" : "") + String(decoding: name, as: UTF8.self) + ": "
                    + String(decoding: value, as: UTF8.self)
            }
        case .invalid: break
        }
        return decoded
    }
    return decoded
}

/// Properties of `ChunkedDecoder` for any bytes: however they are cut, they decode to the same.
package func checkChunkedBody(_ bytes: UnsafeRawBufferPointer) throws {
    let input = Array(bytes)
    let whole = try decodeChunked(input, cutAt: [], limits: limits)
    let cuttings = splitPositions(count: input.count, seed: input.last ?? 0).map { [$0] } + [Array(0..<input.count)]
    for cuts in cuttings {
        let pieces = try decodeChunked(input, cutAt: cuts, limits: limits)
        try require(pieces.body == whole.body, "cut at \(cuts): other data")
        switch whole.state {
        case .needMore, .complete: try require(pieces == whole, "cut at \(cuts): \(pieces) instead of \(whole)")
        case .invalid:
            // What is wrong in a trailer section may be noticed only when the section is complete.
            try require(pieces.state != .complete, "cut at \(cuts): complete instead of invalid")
        }
    }
}
