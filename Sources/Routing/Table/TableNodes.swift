/// The compiled form of one port: every hostname pattern of its listeners and routes.
struct CompiledPort: BitwiseCopyable {
    var exactHosts: ByteIndex<HostNode>
    /// Keys are the names without `*.`.
    var wildcardHosts: ByteIndex<HostNode>
    /// For every host that no pattern takes.
    var anyHost: UnsafePointer<HostNode>?
    var seed: UInt64
    /// The target of requests whose host no listener takes.
    var noListenerTarget: UInt32
    /// Whether some pattern has rules of GRPCRoutes: without any, nobody looks whether a request is gRPC.
    var hasGRPC: Bool
}

/// A hostname pattern of a port, with what the listener that owns it does for hosts of this pattern.
struct HostNode: KeyedNode {
    /// The name in the pattern, in lower case; empty for `*`.
    var key: UnsafeRawBufferPointer
    /// Keys are whole paths.
    var exactPaths: ByteIndex<PathNode>
    /// Keys are paths without a slash at the end, the empty one for `/` not among them.
    var prefixes: ByteIndex<PathNode>
    /// The node of the prefix `/`, if there is one.
    var rootPrefix: UnsafePointer<PathNode>?
    /// Candidates with a regular expression for their path, in the order in which they are tried.
    var regularExpressions: UnsafeBufferPointer<Candidate>
    /// The rules of GRPCRoutes; nil when there are none.
    var grpc: UnsafePointer<GRPCNode>?
    /// The next less specific pattern of the same listener.
    var parent: UnsafePointer<HostNode>?
    /// Index into the port's listeners.
    var listener: Int32
    /// The target of requests that no rule takes. Those of the candidates are counted from it.
    var firstTarget: UInt32
}

/// A configured path.
struct PathNode: KeyedNode {
    var key: UnsafeRawBufferPointer
    /// In order of precedence, never empty.
    var candidates: UnsafeBufferPointer<Candidate>
    /// Prefixes only: the longest configured prefix that contains this one.
    var parent: UnsafePointer<PathNode>?
}

/// One match of one rule of one route for one hostname pattern: the rule is taken if all conditions hold.
struct Candidate: BitwiseCopyable {
    var rule: UnsafePointer<CompiledRule>
    var headers: UnsafeBufferPointer<FieldCondition>
    var queryParameters: UnsafeBufferPointer<FieldCondition>
    /// For the path; nil when the path needs no more comparison.
    var path: UnsafePointer<AutomatonProgram>?
    var target: UInt32
    /// The methods it is for; `.all` without a method condition.
    var methods: MethodSet
    /// Index into `RuleConfiguration.matches`, for `MatchTrace`; matching does not read it, and it fills a gap.
    var match: UInt16
}

/// A condition on a header field or query parameter.
struct FieldCondition: BitwiseCopyable {
    /// Of a header in lower case.
    var name: UnsafeRawBufferPointer
    /// Compared when there is no expression.
    var value: UnsafeRawBufferPointer
    var expression: UnsafePointer<AutomatonProgram>?
}
