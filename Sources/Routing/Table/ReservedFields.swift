import HTTPSemantics

/// Field names that must not wander from one message to another.
enum ReservedFields {
    /// Names that frame a message, concern one connection (RFC 9110 section 7.6.1) or are the target of the request.
    static func areFraming(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 2: equals(name, "te")
        case 4: equals(name, "host")
        case 6: equals(name, "expect")
        case 7: equals(name, "trailer") || equals(name, "upgrade")
        case 10: equals(name, "connection") || equals(name, "keep-alive")
        case 14: equals(name, "content-length") || equals(name, "http2-settings")
        case 16: equals(name, "proxy-connection")
        case 17: equals(name, "transfer-encoding")
        case 18: equals(name, "proxy-authenticate")
        case 19: equals(name, "proxy-authorization")
        default: false
        }
    }

    /// Names that say something about a response and nothing about the request which it allows.
    static func describeResponse(_ name: UnsafeRawBufferPointer) -> Bool {
        if name.count > 8, equals(UnsafeRawBufferPointer(rebasing: name[..<8]), "content-") { return true }
        return switch name.count {
        case 3: equals(name, "age")
        case 4: equals(name, "date") || equals(name, "etag") || equals(name, "vary")
        case 5: equals(name, "allow")
        case 6: equals(name, "server")
        case 7: equals(name, "expires") || equals(name, "alt-svc")
        case 8: equals(name, "location")
        case 10: equals(name, "set-cookie")
        case 11: equals(name, "retry-after")
        case 13: equals(name, "last-modified") || equals(name, "accept-ranges") || equals(name, "cache-control")
        case 16: equals(name, "www-authenticate")
        default: false
        }
    }

    private static func equals(_ name: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        ASCII.equals(name, lowercase: UnsafeRawBufferPointer(lowercase))
    }
}
