import HTTPSemantics

/// Field names that must not wander from one message to another.
enum ReservedFields {
    /// Names that frame a message, concern one connection (RFC 9110 section 7.6.1) or are the target of the request.
    static func areFraming(_ name: UnsafeRawBufferPointer) -> Bool {
        contains(
            name,
            [
                "te", "host", "expect", "trailer", "upgrade", "connection", "keep-alive", "content-length",
                "http2-settings", "proxy-connection", "proxy-authenticate", "transfer-encoding",
                "proxy-authorization",
            ])
    }

    /// Names that say something about a response and nothing about the request which it allows.
    static func describeResponse(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count > 8 && ASCII.equals(.init(rebasing: name[..<8]), lowercase: UnsafeRawBufferPointer("content-"))
            || contains(
                name,
                [
                    "age", "date", "etag", "vary", "allow", "server", "alt-svc", "expires", "location", "set-cookie",
                    "retry-after", "last-modified", "accept-ranges", "cache-control", "www-authenticate",
                ])
    }

    private static func contains(_ name: UnsafeRawBufferPointer, _ names: [StaticString]) -> Bool {
        names.contains { ASCII.equals(name, lowercase: UnsafeRawBufferPointer($0)) }
    }
}
