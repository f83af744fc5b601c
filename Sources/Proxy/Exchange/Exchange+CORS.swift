import HTTP1
import HTTPSemantics
import Routing

/// What the CORS filter has to add to a response, kept from the request on.
struct CORSAnswer: ~Copyable {
    private var policy: UnsafePointer<CompiledCORS>?
    private var origin = ByteQueue()
    private var hasOrigin = false

    init() {}

    mutating func begin(_ policy: UnsafePointer<CompiledCORS>, view: RequestView) {
        self.policy = policy
        guard let origin = CompiledCORS.origin(of: view) else { return }
        hasOrigin = true
        self.origin.append(origin)
    }

    mutating func clear() {
        policy = nil
        hasOrigin = false
        origin.clear()
    }

    /// Whether the filter speaks for this field, so that the backend's line is dropped.
    @inline(__always)
    func replaces(_ name: UnsafeRawBufferPointer) -> Bool {
        policy != nil && CompiledCORS.isResponseField(name)
    }

    var isActive: Bool { policy != nil }

    /// - Parameter fields: of the response, for `exposeHeaders: ["*"]` with credentials.
    func writeFields(
        of fields: UnsafeBufferPointer<FieldLine>, base: UnsafeRawPointer?, to writer: inout HeadWriter
    ) {
        guard let policy else { return }
        let origin = hasOrigin ? UnsafeRawBufferPointer(origin.bytes) : nil
        let isAllowed = policy.pointee.writeResponseFields(origin: origin) { writer.write($0) }
        guard isAllowed, policy.pointee.exposesByName, let base else { return }
        policy.pointee.writeExposedNames(of: fields, base: base) { writer.write($0) }
    }
}

extension Exchange {
    /// Answers a preflight: it is never forwarded.
    func answer(
        _ preflight: CORSPreflight, _ policy: UnsafePointer<CompiledCORS>, bodyOffset: Int, count: Int
    ) {
        guard let connection else { return }
        connection.skipBody(offset: bodyOffset, count: count)
        let closes = connection.closeAfterResponse || connection.phase == .body
        connection.closeAfterResponse = closes
        let isAllowed = policy.pointee.matches(origin: preflight.origin)
        let status: UInt16 = isAllowed ? 204 : 403
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.writeHead(
            status: status, contentLength: isAllowed ? nil : 0, closes: closes, minorVersion: minorVersion,
            worker: worker, to: &writer)
        policy.pointee.writePreflightFields(preflight) { writer.write($0) }
        writer.write("\r\n")
        connection.send(writer.written, closesBehind: closes)
        end(status: status)?.responseFinished()
    }
}
