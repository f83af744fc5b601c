/// Why a message head or a chunked body is refused. The connection it came on is not usable afterwards.
package enum HeadError: UInt8, Error, Sendable, BitwiseCopyable, Equatable, CaseIterable {
    // MARK: Start line
    /// More empty lines before the request line than RFC 9112 section 2.2 asks a server to forgive.
    case tooManyEmptyLines
    /// The method is empty or contains a byte that is not a token character.
    case invalidMethod
    /// The request target contains a byte that is not allowed there, or has none of the four forms.
    case invalidTarget
    /// An absolute-form target has a scheme other than `http` and `https`.
    case unsupportedScheme
    /// The authority of an absolute-form or authority-form target is not `host[:port]`.
    case invalidAuthority
    /// The request line or status line does not have its three parts separated by single spaces; HTTP/0.9 too.
    case invalidStartLine
    /// A well-formed HTTP version whose major number is not 1.
    case unsupportedVersion
    /// The status is not three digits from 100 on.
    case invalidStatus
    /// The request line or status line is longer than `HeadLimits.requestLineBytes`.
    case startLineTooLong

    // MARK: Field lines
    /// A line begins with whitespace: obsolete line folding, or whitespace before the first field.
    case leadingWhitespace
    /// A field name is empty or contains a byte that is not a token character.
    case invalidFieldName
    /// Whitespace stands between a field name and its colon.
    case whitespaceBeforeColon
    /// A NUL or another control byte other than HTAB stands in a field value or reason phrase.
    case controlByte
    /// A CR that is not followed by LF.
    case bareCarriageReturn
    /// An LF that is not preceded by CR.
    case bareLineFeed
    /// The header section or trailer section is longer than `HeadLimits.headerSectionBytes`.
    case fieldsTooLarge
    /// More field lines than `HeadLimits.fieldCount`.
    case tooManyFields

    // MARK: Meaning of fields
    /// HTTP/1.1 without a Host field (RFC 9112 section 3.2).
    case missingHost
    /// More than one Host field line.
    case duplicateHost
    /// A Host value that is not `host[:port]`.
    case invalidHost
    /// A Content-Length that is not one plain decimal number of at most `Int64.max`.
    case invalidContentLength
    /// More than one Content-Length; in responses only when the values differ.
    case duplicateContentLength
    /// Both Content-Length and Transfer-Encoding.
    case conflictingFraming
    /// Transfer-Encoding in an HTTP/1.0 message.
    case transferEncodingInHTTP10
    /// A Transfer-Encoding that is malformed, or in which `chunked` is absent, repeated or not last.
    case invalidTransferEncoding
    /// A transfer coding before `chunked` that is not implemented.
    case unsupportedTransferCoding
    /// A Connection field that is not a list of tokens, or has too many of them.
    case invalidConnection

    // MARK: Chunked body
    /// A chunk size that is not 1 to 16 hexadecimal digits or is above `Int64.max`.
    case invalidChunkSize
    /// A chunk extension that does not follow the grammar of RFC 9112 section 7.1.1.
    case invalidChunkExtension
    /// More bytes of chunk extensions than one body may have.
    case chunkExtensionsTooLarge
    /// The data of a chunk is not followed by CRLF.
    case invalidChunkEnd

    /// The status code that answers a request refused for this reason. A response that is refused is always a 502.
    package var status: Int {
        switch self {
        case .startLineTooLong: 414
        case .fieldsTooLarge, .tooManyFields: 431
        case .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// A short fixed text for logs and metrics.
    package var reason: StaticString {
        switch self {
        case .tooManyEmptyLines: "too many empty lines before the request line"
        case .invalidMethod: "invalid method"
        case .invalidTarget: "invalid request target"
        case .unsupportedScheme: "unsupported scheme in request target"
        case .invalidAuthority: "invalid authority in request target"
        case .invalidStartLine: "invalid start line"
        case .unsupportedVersion: "unsupported HTTP version"
        case .invalidStatus: "invalid status code"
        case .startLineTooLong: "start line too long"
        case .leadingWhitespace: "line begins with whitespace"
        case .invalidFieldName: "invalid field name"
        case .whitespaceBeforeColon: "whitespace before colon"
        case .controlByte: "control byte in field value"
        case .bareCarriageReturn: "CR without LF"
        case .bareLineFeed: "LF without CR"
        case .fieldsTooLarge: "field section too large"
        case .tooManyFields: "too many fields"
        case .missingHost: "missing Host"
        case .duplicateHost: "more than one Host"
        case .invalidHost: "invalid Host"
        case .invalidContentLength: "invalid Content-Length"
        case .duplicateContentLength: "more than one Content-Length"
        case .conflictingFraming: "both Content-Length and Transfer-Encoding"
        case .transferEncodingInHTTP10: "Transfer-Encoding in HTTP/1.0"
        case .invalidTransferEncoding: "invalid Transfer-Encoding"
        case .unsupportedTransferCoding: "unsupported transfer coding"
        case .invalidConnection: "invalid Connection"
        case .invalidChunkSize: "invalid chunk size"
        case .invalidChunkExtension: "invalid chunk extension"
        case .chunkExtensionsTooLarge: "chunk extensions too large"
        case .invalidChunkEnd: "chunk data not followed by CRLF"
        }
    }
}
