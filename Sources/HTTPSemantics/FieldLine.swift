/// One header or trailer field line (RFC 9110 section 5), as offsets into the buffer that holds the message head.
///
/// A plain value without references: a parsed head is an array of these, and nothing is allocated per field.
package struct FieldLine: Sendable, BitwiseCopyable {
    /// Offset of the first byte of the field name from the start of the buffer.
    package var nameOffset: UInt32
    /// Offset of the first byte of the field value; leading and trailing whitespace (OWS) is outside the value.
    package var valueOffset: UInt32
    /// Length of the value in bytes; may be zero.
    package var valueLength: UInt32
    /// Length of the name in bytes, 1 or more.
    package var nameLength: UInt16
    /// Which well-known field this is, found once by the parser so that nobody compares names again.
    package var known: KnownField
    /// True when the field concerns this connection only (RFC 9110 section 7.6.1): the fixed hop-by-hop set and
    /// every name listed in a `Connection` field. A proxy never forwards it.
    package var isHopByHop: Bool

    package init(
        nameOffset: UInt32, nameLength: UInt16, valueOffset: UInt32, valueLength: UInt32, known: KnownField,
        isHopByHop: Bool
    ) {
        self.nameOffset = nameOffset
        self.nameLength = nameLength
        self.valueOffset = valueOffset
        self.valueLength = valueLength
        self.known = known
        self.isHopByHop = isHopByHop
    }
}

/// Field names that the proxy acts upon itself.
package enum KnownField: UInt8, Sendable, BitwiseCopyable {
    case other = 0
    case host
    case connection
    case contentLength
    case transferEncoding
    case keepAlive
    case proxyConnection
    case te
    case trailer
    case upgrade
    case expect
    case xForwardedFor
    case xForwardedProto
    case xForwardedHost
    case via
    case date
    case server
    case location
    case contentType
    case origin
    case cookie
    case setCookie
    case authorization
    case http2Settings
}
