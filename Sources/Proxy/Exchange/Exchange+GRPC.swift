import HTTP1
import HTTPSemantics
import Routing
import Telemetry

/// gRPC: answers of the proxy's own are statuses of gRPC, and the client's `grpc-timeout` is a timeout here too.
extension Exchange {
    /// Looks at what only gRPC requests have.
    func beginRPC(_ view: RequestView) {
        view.forEachValue(named: GRPCTimeout.fieldName) { value in
            guard let timeout = GRPCTimeout.nanoseconds(value) else { return }
            let deadline = worker.loop.now + timeout
            requestDeadline = requestDeadline == 0 ? deadline : min(requestDeadline, deadline)
        }
        if requestDeadline != 0 { connection?.updateDeadline() }
    }

    /// What only gRPC requests leave behind.
    func endRPC() {
        rpc = .none
        requestDeadline = 0
        web = WebTranslation()
    }

    // MARK: Answers without a backend

    /// Answers with a status alone ("Trailers-Only" of gRPC over HTTP/2, which gRPC-Web has too): it stands in the head,
    /// and there is no body.
    func respond(_ grpcStatus: GRPCStatus, detail: StaticString) {
        guard let connection else { return }
        let closes = connection.closeAfterResponse || connection.phase == .body
        connection.closeAfterResponse = closes
        self.grpcStatus = grpcStatus.code
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.writeHead(
            status: 200, contentLength: 0, closes: closes, minorVersion: minorVersion, worker: worker, to: &writer)
        writer.write("Content-Type: ")
        writer.write(rpc.mediaType)
        writer.write("\r\n")
        Self.writeStatusFields(grpcStatus, detail, to: &writer)
        cors.writeFields(of: UnsafeBufferPointer(start: nil, count: 0), base: nil, to: &writer)
        writer.write("\r\n")
        connection.send(writer.written, closesBehind: closes)
        end(status: 200)?.responseFinished()
    }

    private static func writeStatusFields(_ status: GRPCStatus, _ detail: StaticString, to writer: inout HeadWriter) {
        writer.write(GRPCStatus.fieldName)
        writer.write(": ")
        writer.write(decimal: Int(status.code))
        writer.write("\r\n")
        guard detail.utf8CodeUnitCount > 0 else { return }
        writer.write(GRPCStatus.messageFieldName)
        writer.write(": ")
        writer.writePercentEncoded(UnsafeRawBufferPointer(start: detail.utf8Start, count: detail.utf8CodeUnitCount))
        writer.write("\r\n")
    }

    // MARK: The end of a response that has begun

    /// Ends a response in the middle with a status: better than a connection that breaks, which says nothing.
    /// - Returns: false when the response has a length that it must have.
    func finishRPC(_ grpcStatus: GRPCStatus, detail: StaticString) -> Bool {
        guard responseFraming != .identity, connection != nil else { return false }
        upstream?.abandon()
        upstream = nil
        worker.counters.requestsAborted += 1
        self.grpcStatus = grpcStatus.code
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            var writer = HeadWriter(buffer)
            let base = UnsafeMutableRawPointer(mutating: writer.written.baseAddress)
            let lines = worker.trailers.lines
            lines[0] = Self.writeTrailer(GRPCStatus.fieldName, to: &writer) { $0.write(decimal: Int(grpcStatus.code)) }
            lines[1] = Self.writeTrailer(GRPCStatus.messageFieldName, to: &writer) {
                $0.writePercentEncoded(
                    UnsafeRawBufferPointer(start: detail.utf8Start, count: detail.utf8CodeUnitCount))
            }
            let nothing = UnsafeMutableRawBufferPointer(start: worker.receive.area, count: 0)
            passLast(nothing, trailerBase: base, trailerCount: 2)
        }
        end(status: status)?.responseFinished()
        return true
    }

    private static func writeTrailer(
        _ name: StaticString, to writer: inout HeadWriter, value: (inout HeadWriter) -> Void
    ) -> FieldLine {
        let start = writer.written.count
        writer.write(name)
        let valueStart = writer.written.count
        value(&writer)
        return FieldLine(
            nameOffset: UInt32(start), nameLength: UInt16(name.utf8CodeUnitCount), valueOffset: UInt32(valueStart),
            valueLength: UInt32(writer.written.count - valueStart), known: .other, isHopByHop: false)
    }

    // MARK: What backends say

    /// The head of a response, before it is passed on.
    func beginRPCResponse(_ head: ResponseHead, base: UnsafeRawPointer) {
        noteGRPCStatus(worker.fields.prefix(Int(head.fieldCount)), base: base)
        if rpc.isWeb { beginWebResponse(head, base: base) }
    }

    /// Notes `grpc-status` among these fields, of a head or of trailers.
    func noteGRPCStatus(_ fields: UnsafeBufferPointer<FieldLine>, base: UnsafeRawPointer) {
        let name = GRPCStatus.fieldName
        let wanted = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        for line in fields where Int(line.nameLength) == wanted.count {
            let name = UnsafeRawBufferPointer(start: base + Int(line.nameOffset), count: wanted.count)
            guard ASCII.equals(name, lowercase: wanted) else { continue }
            let value = UnsafeRawBufferPointer(start: base + Int(line.valueOffset), count: Int(line.valueLength))
            grpcStatus = GRPCStatus(fieldValue: value)?.code ?? GRPCStatus.unknown.code
        }
    }
}

extension HeadWriter {
    /// Everything but printable ASCII, and `%`, as `%XX` ("gRPC over HTTP2", Percent-Encoded).
    mutating func writePercentEncoded(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                write(byte: byte)
            } else {
                write(byte: UInt8(ascii: "%"))
                write(byte: Self.digit(byte >> 4))
                write(byte: Self.digit(byte & 15))
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
