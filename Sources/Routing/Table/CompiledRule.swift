/// One rule of a route as the proxy carries it out. Plain data inside a `RoutingTable`'s memory.
@usableFromInline
package struct CompiledRule: BitwiseCopyable {
    package enum Action: UInt8, BitwiseCopyable, Sendable {
        /// To one of `backends`.
        case forward
        /// With `status`, to what `redirect` writes.
        case redirect
        /// At once, with `status`.
        case respond
    }

    package var action: Action
    /// 300...599 for redirect and respond; 0 for forward.
    package var status: UInt16
    /// The sum of the backends' weights, 1 or more for forward.
    @usableFromInline package var totalWeight: UInt32
    /// Never empty for forward, empty otherwise.
    @usableFromInline package var backends: UnsafeBufferPointer<CompiledBackend>
    package var requestHeaders: CompiledHeaderModifier
    package var responseHeaders: CompiledHeaderModifier
    package var rewrite: CompiledRewrite
    package var redirect: CompiledRedirect
    /// nil for a rule that has none of it.
    package var extras: UnsafePointer<CompiledExtras>?
    /// Index into `RoutingConfiguration.routes`.
    package var route: Int32
    /// `RuleConfiguration.index`.
    package var index: Int32

    /// The backend for one request of a forwarding rule, chosen by weight.
    ///
    /// - Parameter random: evenly distributed over all 64-bit values; equal thirds of that range go to backends of
    ///   equal weights, and so on, in the order of `backends`.
    @inlinable
    package func pickBackend(random: UInt64) -> UnsafePointer<CompiledBackend> {
        guard var backend = backends.baseAddress else { preconditionFailure("only forwarding rules have backends") }
        if backends.count == 1 { return backend }
        var rest = UInt32(truncatingIfNeeded: random.multipliedFullWidth(by: UInt64(totalWeight)).high)
        let last = backend + (backends.count - 1)
        while backend < last, rest >= backend.pointee.weight {
            rest &-= backend.pointee.weight
            backend += 1
        }
        return backend
    }
}

/// One backendRef of a rule.
@usableFromInline
package struct CompiledBackend: BitwiseCopyable {
    /// 0...1,000,000.
    @usableFromInline package var weight: UInt32
    /// Index into `RoutingConfiguration.backends`; -1 for a reference that cannot be used: answer 500.
    package var backendIndex: Int32
    /// To be applied after the rule's own.
    package var requestHeaders: CompiledHeaderModifier
    package var responseHeaders: CompiledHeaderModifier
    package var rewrite: CompiledRewrite
    /// Index into `CompiledExtras.sessions`; -1 without session persistence.
    package var session: Int32
    /// For `SessionHash.endpoint`: stands for the session's scope and this backend.
    package var sessionKey: UInt64
}
