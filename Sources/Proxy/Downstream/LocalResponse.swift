/// Responses that the proxy makes itself. Every error becomes an HTTP response here.
enum LocalResponse {
    /// Writes a whole response with a short plain-text body. `detail` is for humans and never contains anything of the
    /// request.
    static func write(
        status: UInt16, detail: StaticString, closes: Bool, isHead: Bool, minorVersion: UInt8 = 1, worker: Worker,
        to writer: inout HeadWriter, moreFields: (inout HeadWriter) -> Void = { _ in }
    ) {
        let reason = reason(status)
        let text = detail.utf8CodeUnitCount == 0 ? reason : detail
        writeHead(
            status: status, contentLength: text.utf8CodeUnitCount + 1, closes: closes, minorVersion: minorVersion,
            worker: worker, to: &writer)
        writer.write("Content-Type: text/plain; charset=utf-8\r\n")
        moreFields(&writer)
        writer.write("\r\n")
        if !isHead {
            writer.write(text)
            writer.write("\n")
        }
    }

    /// Writes status line and the fields every local response has; the empty line is the caller's.
    ///
    /// - Parameter contentLength: nil for 204, which has none (RFC 9110 section 8.6).
    static func writeHead(
        status: UInt16, contentLength: Int?, closes: Bool, minorVersion: UInt8, worker: Worker,
        to writer: inout HeadWriter
    ) {
        writer.write("HTTP/1.1 ")
        writer.write(decimal: Int(status))
        writer.write(" ")
        writer.write(reason(status))
        writer.write("\r\n")
        worker.writeDate(to: &writer)
        if let contentLength {
            writer.write("Content-Length: ")
            writer.write(decimal: contentLength)
            writer.write("\r\n")
        }
        if closes {
            writer.write("Connection: close\r\n")
        } else if minorVersion == 0 {
            writer.write("Connection: keep-alive\r\n")
        }
    }

    /// Tells a client that waits with its body to send it.
    static var continueLine: UnsafeRawBufferPointer {
        let text: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    static func reason(_ status: UInt16) -> StaticString {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Unknown"
        }
    }
}
