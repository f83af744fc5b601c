import HTTPSemantics

/// An `externalAuth` filter as the proxy carries it out.
package struct CompiledExternalAuth: BitwiseCopyable {
    /// Index into `RoutingConfiguration.backends`, always valid.
    package var backendIndex: Int32
    /// How many bytes of the body go to the authorization server; a longer body is answered with 413. 0 sends none.
    package var maximumBodySize: Int
    /// To be written before the request's path: empty, or with a slash at its start and none at its end.
    package var pathPrefix: UnsafeRawBufferPointer
    var allowedHeaders: CompiledNameSet
    /// With `takesAllResponseFields` of no meaning.
    var allowedResponseHeaders: CompiledNameSet
    var takesAllResponseFields: Bool

    /// Whether a field of the client's request goes to the authorization server: Authorization and what the filter
    /// lists. Host and Content-Length go too, but are the proxy's to write.
    package func sends(requestField name: UnsafeRawBufferPointer) -> Bool {
        guard !ReservedFields.areFraming(name) else { return false }
        return ASCII.equals(name, lowercase: UnsafeRawBufferPointer("authorization")) || allowedHeaders.contains(name)
    }

    /// Whether a field is the authorization server's to set: what a client sends of it is dropped, also when the answer
    /// does not have it.
    package func reserves(requestField name: UnsafeRawBufferPointer) -> Bool {
        !takesAllResponseFields && mayPass(responseField: name)
    }

    /// Whether a field of a positive answer goes into the request, in place of the client's fields of that name.
    ///
    /// Never what frames a message, concerns one connection, or is Host. Without a list in the filter all others but
    /// those that describe the answer and not the request: Content-* (they would relabel the client's body), Date,
    /// Server, Set-Cookie and the like.
    package func mayPass(responseField name: UnsafeRawBufferPointer) -> Bool {
        guard !ReservedFields.areFraming(name) else { return false }
        return takesAllResponseFields ? !ReservedFields.describeResponse(name) : allowedResponseHeaders.contains(name)
    }
}
