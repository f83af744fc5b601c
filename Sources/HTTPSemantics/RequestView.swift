/// What routing may look at of one request: pointers into the loop's buffer, valid only during the call.
///
/// The path is already normalised (see `PathNormalization`) and is the same path that is forwarded.
package struct RequestView {
    package var method: RequestMethod
    /// The normalised path, beginning with `/` (or `*` for `OPTIONS *`), without the query.
    package var path: UnsafeRawBufferPointer
    /// The query without its `?`; empty when absent.
    package var query: UnsafeRawBufferPointer
    /// The host in lower case without port and without a trailing dot; empty when the request has none.
    package var host: UnsafeRawBufferPointer
    /// The start of the buffer that `fields` refer into.
    package var base: UnsafeRawPointer
    package var fields: UnsafeBufferPointer<FieldLine>

    @inlinable
    package init(
        method: RequestMethod, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer,
        host: UnsafeRawBufferPointer, base: UnsafeRawPointer, fields: UnsafeBufferPointer<FieldLine>
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.base = base
        self.fields = fields
    }

    @inlinable
    package func name(of field: FieldLine) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Int(field.nameOffset), count: Int(field.nameLength))
    }

    @inlinable
    package func value(of field: FieldLine) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + Int(field.valueOffset), count: Int(field.valueLength))
    }
}
