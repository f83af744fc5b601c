/// The `externalAuth` filter with protocol HTTP (GEP-1494): a server is asked about every request before it goes on.
package struct ExternalAuth: Sendable, Hashable {
    /// nil when the reference cannot be used: nobody is let in, every request is answered with 500.
    package var backend: BackendID?
    /// Put in front of the path of the request; empty, or beginning with a slash and not ending with one.
    package var pathPrefix: String
    /// Field names whose lines go to the authorization server, besides Host and Authorization.
    package var allowedHeaders: [String]
    /// Field names whose lines go from a positive answer into the request, in place of the client's own; nil takes all
    /// but those that belong to the connection or frame the message.
    package var allowedResponseHeaders: [String]?
    /// How many bytes of the body go to the authorization server; a longer body is answered with 413. 0 sends none.
    package var maximumBodySize: Int

    package init(
        backend: BackendID?, pathPrefix: String = "", allowedHeaders: [String] = [],
        allowedResponseHeaders: [String]? = nil, maximumBodySize: Int = 0
    ) {
        self.backend = backend
        self.pathPrefix = pathPrefix
        self.allowedHeaders = allowedHeaders
        self.allowedResponseHeaders = allowedResponseHeaders
        self.maximumBodySize = maximumBodySize
    }
}
