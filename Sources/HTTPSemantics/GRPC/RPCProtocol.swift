/// How a request speaks gRPC, by its Content-Type ("gRPC over HTTP2", "gRPC-Web" of the gRPC project).
///
/// `@usableFromInline`: see `ASCII`.
@usableFromInline
package enum RPCProtocol: UInt8, Sendable, BitwiseCopyable {
    /// No gRPC: ordinary HTTP.
    case none
    /// `application/grpc`: the status stands in the trailers.
    case grpc
    /// `application/grpc-web`: the trailers stand in the body, in a frame of their own.
    case web
    /// `application/grpc-web-text`: like `web`, and the body is base64.
    case webText

    /// - Parameter contentType: the field's value. What follows the name, such as `+proto` or a parameter, is not looked
    ///   at; case does not matter.
    package init(contentType: UnsafeRawBufferPointer) {
        self = .none
        guard contentType.count >= Self.grpcType.utf8CodeUnitCount else { return }
        // The longer names first: each begins with the next.
        if Self.isType(Self.webTextType, of: contentType) {
            self = .webText
        } else if Self.isType(Self.webType, of: contentType) {
            self = .web
        } else if Self.isType(Self.grpcType, of: contentType) {
            self = .grpc
        }
    }

    /// Whether the client is a browser's, which cannot see trailers.
    package var isWeb: Bool { self == .web || self == .webText }

    /// The media type's name without what says how messages are encoded; empty for `none`.
    package var mediaType: StaticString {
        switch self {
        case .none: ""
        case .grpc: Self.grpcType
        case .web: Self.webType
        case .webText: Self.webTextType
        }
    }

    private static var grpcType: StaticString { "application/grpc" }
    private static var webType: StaticString { "application/grpc-web" }
    private static var webTextType: StaticString { "application/grpc-web-text" }

    private static func isType(_ name: StaticString, of contentType: UnsafeRawBufferPointer) -> Bool {
        let length = name.utf8CodeUnitCount
        guard contentType.count >= length else { return false }
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: length)
        guard ASCII.equals(UnsafeRawBufferPointer(rebasing: contentType[..<length]), lowercase: name) else {
            return false
        }
        guard contentType.count > length else { return true }
        switch contentType[length] {
        case UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"): return true
        default: return false
        }
    }
}

extension RequestView {
    /// By the first Content-Type.
    package var rpcProtocol: RPCProtocol {
        for index in fields.indices where fields[index].known == .contentType {
            return RPCProtocol(contentType: value(of: fields[index]))
        }
        return .none
    }
}
