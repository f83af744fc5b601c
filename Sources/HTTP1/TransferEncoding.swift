import HTTPSemantics

/// What the Transfer-Encoding fields of a head say (RFC 9112 section 6.1). Only `chunked` alone is implemented.
enum TransferEncoding: BitwiseCopyable {
    case absent
    case chunked
    /// Codings that are not implemented; `chunked` may still follow.
    case unfinished
    /// Codings that are not implemented, then `chunked`.
    case unsupported

    /// Reads one Transfer-Encoding field line.
    ///
    /// Stricter than the RFC where leniency has let requests be smuggled: no empty list elements, no parameters.
    mutating func read(_ line: FieldLine, base: UnsafeRawPointer) throws(ParseStop) {
        var list = ListReader(base: base, offset: line.valueOffset, length: line.valueLength)
        while let element = list.next() {
            guard !element.isEmpty,
                ByteScan.endOfToken(base, element.lowerBound, element.upperBound) == element.upperBound
            else { throw .invalid(.invalidTransferEncoding) }
            let isChunked = FieldName.equals(base + element.lowerBound, element.count, "chunked")
            switch self {
            case .absent: self = isChunked ? .chunked : .unfinished
            case .unfinished: self = isChunked ? .unsupported : .unfinished
            // `chunked` was already there: it is repeated, or not last.
            case .chunked, .unsupported: throw .invalid(.invalidTransferEncoding)
            }
        }
    }
}
