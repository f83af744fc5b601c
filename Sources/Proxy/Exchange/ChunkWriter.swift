import HTTP1
import HTTPSemantics

/// Frames body bytes as one chunk (RFC 9112 section 7.1) without copying them: the size line goes in front of them and
/// the line end behind, into room that the receive buffer keeps for it or that the sender's own framing left.
enum ChunkWriter {
    private static var lineEnd: StaticString { "\r\n" }
    private static var lastChunkAndEnd: StaticString { "0\r\n\r\n" }

    /// Calls `send` with a chunk that holds `data`; with `isLast` the last chunk and the trailer section follow. Without
    /// data and without `isLast` there is nothing to send.
    ///
    /// - Parameters:
    ///   - data: bytes in the receive area.
    ///   - trailers: trailer fields, offsets into `trailerBase`. Those that must not be forwarded are marked hop-by-hop.
    ///   - emptyAt: where to write when there is no data.
    static func withChunk(
        _ data: UnsafeMutableRawBufferPointer, isLast: Bool, trailers: UnsafeBufferPointer<FieldLine>,
        trailerBase: UnsafeMutableRawPointer?, emptyAt: UnsafeMutableRawPointer,
        _ send: (UnsafeRawBufferPointer) -> Void
    ) {
        let hasTrailers = isLast && trailers.contains { !$0.isHopByHop }
        let start = data.isEmpty ? emptyAt : data.baseAddress ?? emptyAt
        var end = start + data.count
        var chunk = start
        if !data.isEmpty {
            chunk = writeSize(data.count, before: start)
            end.copyMemory(from: lineEnd.utf8Start, byteCount: 2)
            end += 2
        }
        if isLast, !hasTrailers {
            end.copyMemory(from: lastChunkAndEnd.utf8Start, byteCount: lastChunkAndEnd.utf8CodeUnitCount)
            end += lastChunkAndEnd.utf8CodeUnitCount
        }
        if end > chunk { send(UnsafeRawBufferPointer(start: chunk, count: end - chunk)) }
        if hasTrailers, let trailerBase { sendTrailers(trailers, base: trailerBase, send) }
    }

    /// Appends a body that is here as a whole, with its last chunk.
    static func append(wholeBody body: UnsafeRawBufferPointer, to queue: inout ByteQueue) {
        if !body.isEmpty {
            withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { line in
                guard let base = line.baseAddress else { return }
                let end = base + line.count
                let start = writeSize(body.count, before: end)
                queue.append(UnsafeRawBufferPointer(start: start, count: end - start))
            }
            queue.append(body)
            queue.append(lineEnd)
        }
        queue.append(lastChunkAndEnd)
    }

    /// Writes `size` and its line end directly in front of `start`; returns where it begins.
    private static func writeSize(_ size: Int, before start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var position = start - 2
        position.copyMemory(from: lineEnd.utf8Start, byteCount: 2)
        var rest = size
        repeat {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            position -= 1
            position.storeBytes(of: digit < 10 ? 48 + digit : 87 + digit, as: UInt8.self)
            rest >>= 4
        } while rest > 0
        return position
    }

    private static func sendTrailers(
        _ trailers: UnsafeBufferPointer<FieldLine>, base: UnsafeMutableRawPointer,
        _ send: (UnsafeRawBufferPointer) -> Void
    ) {
        var size = 5
        for line in trailers { size += Int(line.nameLength) + Int(line.valueLength) + 4 }
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer in
            var writer = HeadWriter(buffer)
            writer.write("0\r\n")
            for line in trailers where !line.isHopByHop {
                writer.write(base + Int(line.nameOffset), Int(line.nameLength))
                writer.write(": ")
                writer.write(base + Int(line.valueOffset), Int(line.valueLength))
                writer.write("\r\n")
            }
            writer.write("\r\n")
            send(writer.written)
        }
    }
}
