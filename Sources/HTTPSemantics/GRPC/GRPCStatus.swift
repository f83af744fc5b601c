/// A status code of gRPC ("Status codes and their use in gRPC"), as the proxy gives it itself.
package struct GRPCStatus: Sendable, Hashable, BitwiseCopyable {
    /// 0...16 for the codes that gRPC names; others have no meaning.
    package var code: UInt8

    package init(code: UInt8) {
        self.code = code
    }

    package static let cancelled = GRPCStatus(code: 1)
    package static let unknown = GRPCStatus(code: 2)
    package static let deadlineExceeded = GRPCStatus(code: 4)
    package static let permissionDenied = GRPCStatus(code: 7)
    package static let resourceExhausted = GRPCStatus(code: 8)
    package static let unimplemented = GRPCStatus(code: 12)
    package static let `internal` = GRPCStatus(code: 13)
    package static let unavailable = GRPCStatus(code: 14)
    package static let unauthenticated = GRPCStatus(code: 16)

    /// What stands for an HTTP status of the proxy's own, or of an authorization server's refusal ("HTTP to gRPC Status
    /// Code Mapping"). Two differ from that table, which is for answers of strangers: 500 means a rule without a usable
    /// backend, and the statuses for messages that are too large have a code of their own.
    package init(httpStatus: UInt16) {
        self =
            switch httpStatus {
            case 400: .internal
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 413, 431: .resourceExhausted
            case 429, 500, 502, 503: .unavailable
            case 504: .deadlineExceeded
            default: .unknown
            }
    }

    /// The value of a `grpc-status` field; nil for anything but one or two digits.
    package init?(fieldValue: UnsafeRawBufferPointer) {
        guard (1...2).contains(fieldValue.count), fieldValue.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        code = fieldValue.reduce(0) { $0 &* 10 &+ ($1 &- 0x30) }
    }

    /// As gRPC calls it, such as `UNAVAILABLE`.
    package var name: String {
        Self.names.indices.contains(Int(code)) ? Self.names[Int(code)] : "\(code)"
    }

    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]

    package static let fieldName: StaticString = "grpc-status"
    package static let messageFieldName: StaticString = "grpc-message"
}
