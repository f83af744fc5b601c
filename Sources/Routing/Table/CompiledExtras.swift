/// What a rule has beyond matching, header modifiers and rewrites. Ordinary rules have none of this and pay one branch.
package struct CompiledExtras: BitwiseCopyable {
    /// `timeouts.request` in nanoseconds; 0 for none.
    package var requestTimeout: UInt64
    /// `timeouts.backendRequest` in nanoseconds; 0 for none.
    package var backendRequestTimeout: UInt64
    package var retry: CompiledRetry
    package var filters: CompiledFilters
    /// The distinct session configurations of the rule's backends; `CompiledBackend.session` points in here.
    package var sessions: UnsafeBufferPointer<CompiledSession>
}

/// The filters that do more than change one message.
package struct CompiledFilters: BitwiseCopyable {
    package var mirrors: UnsafeBufferPointer<CompiledRequestMirror>
    /// nil without the filter.
    package var cors: UnsafePointer<CompiledCORS>?
    /// nil without the filter. A filter whose backend cannot be used is not here either: then the rule answers 500, or
    /// the backendRef counts as invalid.
    package var externalAuth: UnsafePointer<CompiledExternalAuth>?

    static var none: CompiledFilters {
        CompiledFilters(mirrors: UnsafeBufferPointer(start: nil, count: 0), cors: nil, externalAuth: nil)
    }

    var isEmpty: Bool { mirrors.isEmpty && cors == nil && externalAuth == nil }
}
