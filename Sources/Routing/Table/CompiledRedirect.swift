/// A RequestRedirect filter as the proxy carries it out; the status is the rule's.
package struct CompiledRedirect: BitwiseCopyable {
    enum Scheme: UInt8, BitwiseCopyable {
        case ofRequest, http, https
    }

    var scheme: Scheme
    /// 0 when not given.
    var port: UInt16
    /// Empty when it stays.
    var hostname: UnsafeRawBufferPointer
    var path: CompiledPathModifier

    static var none: CompiledRedirect {
        CompiledRedirect(
            scheme: .ofRequest, port: 0, hostname: UnsafeRawBufferPointer(start: nil, count: 0), path: .none)
    }

    /// A bound for what `writeLocation` needs.
    package func maximumLocationLength(
        host: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer
    ) -> Int {
        // "https://" + host + ":65535" + path + "?" + query
        8 + max(host.count, hostname.count) + 6 + self.path.maximumLength(path: path) + 1 + query.count
    }

    /// Writes the value of `Location` and returns its length; nil when the buffer has fewer bytes than
    /// `maximumLocationLength`. The value is an absolute URI without the scheme's well-known port; only for a request
    /// without a host (HTTP/1.0) that the filter does not name either it begins with the path.
    ///
    /// - Parameters:
    ///   - requestIsTLS: whether the request came over TLS.
    ///   - host: the request's, without port; an IPv6 address in brackets.
    ///   - listenerPort: `PortInfo.port`.
    ///   - path: the request's, normalised.
    ///   - query: the request's, without `?`; it is kept.
    ///   - prefixLength: `MatchOutcome.prefixLength`.
    package func writeLocation(
        requestIsTLS: Bool, host: UnsafeRawBufferPointer, listenerPort: UInt16, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer, prefixLength: Int, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard let start = buffer.baseAddress,
            buffer.count >= maximumLocationLength(host: host, path: path, query: query)
        else { return nil }
        var writer = ByteWriter(start)
        let host = hostname.count > 0 ? hostname : host
        if host.count > 0 {
            let isHTTPS = scheme == .ofRequest ? requestIsTLS : scheme == .https
            writer.append(isHTTPS ? "https://" : "http://")
            writer.append(host)
            let wellKnownPort: UInt16 = isHTTPS ? 443 : 80
            let port = self.port != 0 ? self.port : scheme == .ofRequest ? listenerPort : wellKnownPort
            if port != wellKnownPort {
                writer.append(":")
                writer.append(decimal: port)
            }
        }
        if path.first == UInt8(ascii: "/") {
            writer.position += self.path.write(path: path, prefixLength: prefixLength, into: writer.position)
        } else {
            // `OPTIONS *` is about the server as a whole.
            writer.append("/")
        }
        if query.count > 0 {
            writer.append("?")
            writer.append(query)
        }
        return writer.position - start
    }
}

/// Appends to memory that is known to be large enough.
private struct ByteWriter {
    var position: UnsafeMutableRawPointer

    init(_ start: UnsafeMutableRawPointer) { position = start }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        position.copyMemory(from: start, byteCount: bytes.count)
        position += bytes.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal value: UInt16) {
        var divisor: UInt16 = 10000
        while divisor > value, divisor > 1 { divisor /= 10 }
        while divisor > 0 {
            position.storeBytes(of: UInt8(ascii: "0") + UInt8(value / divisor % 10), as: UInt8.self)
            position += 1
            divisor /= 10
        }
    }
}
