/// A request method (RFC 9110 section 9), reduced to what routing, framing and metrics need.
package enum RequestMethod: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case get, head, post, put, delete, connect, options, trace, patch
    /// Any other token. Its bytes are forwarded unchanged; metrics name it `_OTHER`.
    case other

    /// The method named by `bytes`; methods are case-sensitive (RFC 9110 section 9.1).
    @inlinable
    package init(bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 3:
            if bytes.elementsEqual("GET".utf8) {
                self = .get
                return
            }
            if bytes.elementsEqual("PUT".utf8) {
                self = .put
                return
            }
        case 4:
            if bytes.elementsEqual("POST".utf8) {
                self = .post
                return
            }
            if bytes.elementsEqual("HEAD".utf8) {
                self = .head
                return
            }
        case 5:
            if bytes.elementsEqual("PATCH".utf8) {
                self = .patch
                return
            }
            if bytes.elementsEqual("TRACE".utf8) {
                self = .trace
                return
            }
        case 6:
            if bytes.elementsEqual("DELETE".utf8) {
                self = .delete
                return
            }
        case 7:
            if bytes.elementsEqual("OPTIONS".utf8) {
                self = .options
                return
            }
            if bytes.elementsEqual("CONNECT".utf8) {
                self = .connect
                return
            }
        default: break
        }
        self = .other
    }

    /// Idempotent methods (RFC 9110 section 9.2.2) may be sent again when a connection was lost before an answer.
    @inlinable
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .patch, .connect, .other: false
        }
    }

    /// The method as it stands in a request line, and `_OTHER` for an unknown one (OpenTelemetry's convention).
    package var label: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other: "_OTHER"
        }
    }
}
