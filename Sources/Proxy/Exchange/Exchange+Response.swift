import HTTP1
import HTTPSemantics
import Routing

extension Exchange {
    /// Passes an interim response (1xx) on. HTTP/1.0 clients do not know them.
    func passInterim(_ head: ResponseHead, base: UnsafeMutableRawPointer) {
        guard minorVersion > 0, let connection else { return }
        var writer = HeadWriter(worker.headBuffer)
        writeStatusLine(head, base: base, to: &writer)
        for line in worker.fields.prefix(Int(head.fieldCount)) where !line.isHopByHop {
            writer.write(base + Int(line.nameOffset), Int(line.nameLength))
            writer.write(": ")
            writer.write(base + Int(line.valueOffset), Int(line.valueLength))
            writer.write("\r\n")
        }
        writer.write("\r\n")
        if writer.isComplete { connection.send(writer.written) }
    }

    /// Writes the final response head into the head buffer; it leaves with the first body bytes, in the same turn.
    func passHead(_ head: ResponseHead, base: UnsafeMutableRawPointer) {
        guard let connection, let rule else { return }
        replay.clear()
        keepsReplay = false
        status = head.status
        // The rest of the request will not be waited for once the response is complete.
        if connection.phase == .body { connection.closeAfterResponse = true }
        if rpc != .none { beginRPCResponse(head, base: base) }

        var writer = HeadWriter(worker.headBuffer)
        writeStatusLine(head, base: base, to: &writer)
        let modifiers = HeaderModifiers(
            first: backend?.pointee.responseHeaders ?? .none, second: rule.pointee.responseHeaders)
        copyFields(head, base: base, modifiers: modifiers, to: &writer)
        if !head.knownFields.contains(.date), !modifiers.removes("date") { worker.writeDate(to: &writer) }
        if web.isActive { writeWebContentType(base: base, to: &writer) }
        switch head.framing {
        case _ where responseFraming == .frames: break
        // The trailers come on top of what the backend has counted.
        case .contentLength where web.isActive && minorVersion > 0: fallthrough
        case .chunked where minorVersion > 0, .untilClose where minorVersion > 0:
            responseFraming = .chunked
            writer.write("Transfer-Encoding: chunked\r\n")
        case .chunked, .untilClose:
            // An HTTP/1.0 client sees the end of the body in the end of the connection.
            connection.closeAfterResponse = true
        case .contentLength where web.isActive: connection.closeAfterResponse = true
        case .none, .contentLength: break
        }
        if upgrade == .open {
            writer.write(Self.upgradeLines)
        } else if connection.closeAfterResponse || worker.isDraining {
            connection.closeAfterResponse = true
            writer.write("Connection: close\r\n")
        } else if minorVersion == 0 {
            writer.write("Connection: keep-alive\r\n")
        }
        modifiers.writeAdditions(to: &writer)
        if extras != nil {
            cors.writeFields(of: worker.fields.prefix(Int(head.fieldCount)), base: base, to: &writer)
            writeSession(to: &writer)
        }
        writer.write("\r\n")
        guard writer.isComplete else {
            status = 0
            return fail(.cannotPassOn)
        }
        pendingHead = writer.written.count
    }

    private func writeStatusLine(_ head: ResponseHead, base: UnsafeMutableRawPointer, to writer: inout HeadWriter) {
        writer.write("HTTP/1.1 ")
        writer.write(decimal: Int(head.status))
        writer.write(" ")
        writer.write(base + Int(head.reasonOffset), Int(head.reasonLength))
        writer.write("\r\n")
    }

    private func copyFields(
        _ head: ResponseHead, base: UnsafeMutableRawPointer, modifiers: HeaderModifiers, to writer: inout HeadWriter
    ) {
        let lines = worker.fields.prefix(Int(head.fieldCount))
        let mayRemove = modifiers.mayRemove(head.fieldLengthMask) || cors.isActive
        var run = -1
        for index in lines.indices {
            let line = lines[index]
            let isDropped =
                line.isHopByHop || (web.isActive && (line.known == .contentType || line.known == .contentLength))
                || (mayRemove && isReplaced(line, base: base, modifiers: modifiers))
            if isDropped {
                if run >= 0 { writer.write(base + run, Int(line.nameOffset) - run) }
                run = -1
            } else if run < 0 {
                run = Int(line.nameOffset)
            }
        }
        if run >= 0 { writer.write(base + run, Int(head.headLength) - 2 - run) }
    }

    private func isReplaced(_ line: FieldLine, base: UnsafeMutableRawPointer, modifiers: HeaderModifiers) -> Bool {
        let name = UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: Int(line.nameLength))
        return modifiers.removes(name) || cors.replaces(name)
    }

    // MARK: Body

    /// Body bytes, which stand in the receive area; more will follow.
    func passBody(_ data: UnsafeMutableRawBufferPointer) {
        if web.isActive { return passWebBody(data) }
        sendPart(data, isLast: false, trailerBase: nil, trailerCount: 0)
    }

    /// The last body bytes. The exchange is over afterwards.
    func passEnd(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        if rpc != .none, let trailerBase { noteGRPCStatus(worker.trailers.prefix(trailerCount), base: trailerBase) }
        passLast(data, trailerBase: trailerBase, trailerCount: trailerCount)
        upstream?.release(requestIsComplete: requestIsSent)
        end(status: status)?.responseFinished()
    }

    /// The last body bytes and the trailers, in the form that the client understands.
    func passLast(
        _ data: UnsafeMutableRawBufferPointer, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        if web.isActive {
            passWebEnd(data, trailerBase: trailerBase, trailerCount: trailerCount)
        } else {
            sendPart(data, isLast: true, trailerBase: trailerBase, trailerCount: trailerCount)
        }
    }

    /// A part of the body, and with `isLast` the trailers.
    func sendPart(
        _ data: UnsafeMutableRawBufferPointer, isLast: Bool, trailerBase: UnsafeMutableRawPointer?, trailerCount: Int
    ) {
        switch responseFraming {
        case .frames:
            let head = UnsafeRawBufferPointer(rebasing: worker.headBuffer[..<pendingHead])
            pendingHead = 0
            connection?.sendFrames(
                head: head, data: UnsafeRawBufferPointer(data), isLast: isLast, trailerBase: trailerBase,
                trailerCount: trailerCount)
        case .identity:
            let start = data.isEmpty ? worker.receive.area : data.baseAddress ?? worker.receive.area
            sendBehindHead(UnsafeMutableRawBufferPointer(start: start, count: data.count), isLast: isLast)
        case .chunked:
            ChunkWriter.withChunk(
                data, isLast: isLast, trailers: worker.trailers.prefix(trailerCount), trailerBase: trailerBase,
                emptyAt: worker.receive.area
            ) { chunk in
                sendBehindHead(UnsafeMutableRawBufferPointer(mutating: chunk), isLast: isLast)
            }
            if pendingHead > 0 {
                sendBehindHead(UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0), isLast: isLast)
            }
        }
    }

    /// Slides a waiting head in front of `bytes`, so that both leave in one call.
    private func sendBehindHead(_ bytes: UnsafeMutableRawBufferPointer, isLast: Bool) {
        guard let connection, var start = bytes.baseAddress else { return }
        var count = bytes.count
        if pendingHead > 0 {
            guard let head = worker.headBuffer.baseAddress else { return }
            // Trailers come from elsewhere: only the receive area has room in front.
            if pendingHead <= ReceiveBuffer.headroom - 32, worker.receive.contains(start) {
                start -= pendingHead
                start.copyMemory(from: head, byteCount: pendingHead)
                count += pendingHead
            } else {
                connection.send(UnsafeRawBufferPointer(start: head, count: pendingHead))
            }
            pendingHead = 0
        }
        connection.send(
            UnsafeRawBufferPointer(start: start, count: count), closesBehind: isLast && connection.closeAfterResponse)
    }
}
