package import HTTPSemantics

/// What `RoutingTable.match` found. Plain data; the pointer is valid while the table lives.
package struct MatchOutcome: BitwiseCopyable {
    /// Index into the `listeners` of the port's configuration; -1 when no listener takes the host.
    package var listener: Int32
    /// How many bytes at the start of the path the PathPrefix match took, without a trailing slash: what
    /// ReplacePrefixMatch replaces. 0 for the prefix `/` and for other kinds of path match.
    package var prefixLength: Int32
    /// Index into `RoutingTable.targets`; always valid, for requests that no rule takes too.
    package var target: UInt32
    /// How the request speaks gRPC, where that matters: always `.none` on ports without GRPCRoutes, and `.web` and
    /// `.webText` only if GRPCRoutes decide about the host.
    package var rpc: RPCProtocol
    /// The rule that takes the request; nil means 404, or UNIMPLEMENTED for gRPC.
    package var rule: UnsafePointer<CompiledRule>?

    package init(
        listener: Int32, prefixLength: Int32, target: UInt32, rpc: RPCProtocol = .none,
        rule: UnsafePointer<CompiledRule>?
    ) {
        self.listener = listener
        self.prefixLength = prefixLength
        self.target = target
        self.rpc = rpc
        self.rule = rule
    }
}
