import HTTP1
import HTTPSemantics

/// What a gRPC-Web request needs to be translated ("PROTOCOL-WEB" of gRPC). Browsers see no trailers, so they stand in
/// the body; clients that cannot take binary bodies either get all of it in base64.
struct WebTranslation: BitwiseCopyable {
    /// For request bodies in base64.
    var decoder = Base64Decoder()
    /// The response is one of gRPC, and so its end becomes a frame of the body.
    var isActive = false
    /// What stands behind `application/grpc` in the response's Content-Type: where, from the start of its head.
    var suffixOffset = 0
    var suffixLength = 0
}

extension Exchange {
    /// Marks the frame of a body that holds the trailers.
    private static var trailerFlag: UInt8 { 0x80 }
    /// As much of a body as is encoded at once; a multiple of three.
    private static var pieceLength: Int { 12 * 1024 }
    /// Room that framing needs in front of bytes and behind them.
    private static var margin: Int { 32 }

    // MARK: Requests

    /// Whether the field goes to the backend in another form, or not at all.
    @inline(__always)
    func translates(requestField known: KnownField) -> Bool {
        switch known {
        case .contentType: rpc.isWeb
        // Base64 is longer than what it stands for.
        case .contentLength: rpc == .webText
        default: false
        }
    }

    /// Writes what the backend gets instead.
    func writeTranslatedFields(_ head: RequestHead, view: RequestView, to writer: inout HeadWriter) {
        for line in view.fields where line.known == .contentType {
            let type = view.value(of: line)
            writer.write("Content-Type: ")
            writer.write(RPCProtocol.grpc.mediaType)
            writer.write(UnsafeRawBufferPointer(rebasing: type[rpc.mediaType.utf8CodeUnitCount...]))
            writer.write("\r\n")
            break
        }
        // Without a body no chunk would end it, and the backend would take the next request for one.
        if rpc == .webText, case .contentLength(let length) = head.framing {
            writer.write(length > 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 0\r\n")
        }
    }

    /// Decodes body bytes, which stand in the receive area, and sends them on as a chunk.
    func sendWebText(_ text: UnsafeRawBufferPointer, isLast: Bool) {
        let start = text.baseAddress ?? UnsafeRawPointer(worker.receive.area)
        let target = UnsafeMutableRawPointer(mutating: start) - Base64Decoder.overlap
        guard var count = web.decoder.decode(text, to: target) else { return failWebText() }
        if isLast {
            guard let rest = web.decoder.finish(to: target + count) else { return failWebText() }
            count += rest
        }
        sendDecodedChunk(UnsafeMutableRawBufferPointer(start: target, count: count), isLast: isLast)
    }

    private func failWebText() {
        upstream?.abandon()
        upstream = nil
        guard status == 0 else { return cutShort() }
        respond(.internal, detail: "the request body is not base64")
    }

    // MARK: Responses

    /// A response head that is to be translated: remembers how. Other answers (an error page of something in between) pass
    /// as they are.
    func beginWebResponse(_ head: ResponseHead, base: UnsafeRawPointer) {
        let prefix = RPCProtocol.grpc.mediaType.utf8CodeUnitCount
        for line in worker.fields.prefix(Int(head.fieldCount)) where line.known == .contentType {
            let value = UnsafeRawBufferPointer(start: base + Int(line.valueOffset), count: Int(line.valueLength))
            guard RPCProtocol(contentType: value) == .grpc else { return }
            web.isActive = true
            web.suffixOffset = Int(line.valueOffset) + prefix
            web.suffixLength = value.count - prefix
            return
        }
    }

    func writeWebContentType(base: UnsafeRawPointer, to writer: inout HeadWriter) {
        writer.write("Content-Type: ")
        writer.write(rpc.mediaType)
        writer.write(base + web.suffixOffset, web.suffixLength)
        writer.write("\r\n")
    }

    /// Body bytes for the client; more will follow.
    func passWebBody(_ data: UnsafeMutableRawBufferPointer) {
        if !data.isEmpty {
            rpc == .webText ? passWebText(UnsafeRawBufferPointer(data), isLast: false) : passPart(data, isLast: false)
        }
        // The head leaves in this turn, also without a byte that could go with it: its buffer is the loop's.
        if pendingHead > 0 {
            passPart(UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0), isLast: false)
        }
    }

    /// The last bytes of the body, and the trailers as its last frame.
    func passWebEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        passWebBody(data)
        let trailers = worker.trailers.prefix(trailerCount)
        guard let trailerBase, trailers.contains(where: { !$0.isHopByHop }) else {
            // "Trailers-Only": the status stands in the head.
            return passPart(UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0), isLast: true)
        }
        var length = 0
        for line in trailers where !line.isHopByHop { length += Int(line.nameLength) + Int(line.valueLength) + 4 }
        withUnsafeTemporaryAllocation(byteCount: length + 5 + 2 * Self.margin, alignment: 1) { buffer in
            let frame = UnsafeMutableRawBufferPointer(rebasing: buffer[Self.margin..<buffer.count - Self.margin])
            Self.writeTrailerFrame(trailers, base: trailerBase, length: length, to: frame)
            if rpc == .webText {
                passWebText(UnsafeRawBufferPointer(frame), isLast: true)
            } else {
                passPart(frame, isLast: true)
            }
        }
    }

    /// Flag, length and lines as in HTTP/1.1, with names in lower case.
    private static func writeTrailerFrame(
        _ trailers: UnsafeBufferPointer<FieldLine>, base: UnsafeRawPointer, length: Int,
        to frame: UnsafeMutableRawBufferPointer
    ) {
        var writer = HeadWriter(frame)
        writer.write(byte: trailerFlag)
        for shift in [24, 16, 8, 0] { writer.write(byte: UInt8(truncatingIfNeeded: length >> shift)) }
        for line in trailers where !line.isHopByHop {
            let name = UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: Int(line.nameLength))
            for byte in name { writer.write(byte: ASCII.lowercased(byte)) }
            writer.write(":")
            writer.write(" ")
            writer.write(base + Int(line.valueOffset), Int(line.valueLength))
            writer.write("\r\n")
        }
    }

    /// Each call writes base64 that is complete, so that the client has every message as soon as it is here.
    private func passWebText(_ bytes: UnsafeRawBufferPointer, isLast: Bool) {
        let most = Base64.encodedCount(min(bytes.count, Self.pieceLength))
        withUnsafeTemporaryAllocation(byteCount: most + 2 * Self.margin, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            while offset < bytes.count {
                let end = min(offset + Self.pieceLength, bytes.count)
                let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
                let count = Base64.encode(piece, to: base + Self.margin)
                offset = end
                passPart(
                    UnsafeMutableRawBufferPointer(start: base + Self.margin, count: count),
                    isLast: isLast && offset == bytes.count)
            }
        }
    }

    private func passPart(_ data: UnsafeMutableRawBufferPointer, isLast: Bool) {
        sendPart(data, isLast: isLast, trailerBase: nil, trailerCount: 0)
    }
}
