/// The rules of GRPCRoutes for one hostname pattern. Plain data.
///
/// A request has one service and one method, so what it can match exactly stands in at most four places, and their
/// order is always this: service and method, service alone, method alone, every RPC. Only expressions come in between:
/// every candidate has a rank among all, and of the expressions those before the best of the others are tried.
struct GRPCNode: BitwiseCopyable {
    /// All candidates. The groups below are parts of this.
    var candidates: UnsafePointer<Candidate>
    /// By position in `candidates`: smaller comes first.
    var ranks: UnsafePointer<UInt32>
    var count: Int
    /// Keys are whole paths: `/service/method`.
    var methods: ByteIndex<PathNode>
    /// Keys are services, for matches without a method.
    var services: ByteIndex<PathNode>
    /// Keys are methods, for matches without a service.
    var names: ByteIndex<PathNode>
    /// Candidates for every RPC.
    var any: UnsafeBufferPointer<Candidate>
    /// Candidates with a regular expression, by rank.
    var regularExpressions: UnsafeBufferPointer<Candidate>
}

/// The path of an RPC, cut into service and method.
struct GRPCPath: BitwiseCopyable {
    /// The first element of the path.
    var service: UnsafeRawBufferPointer
    /// Everything behind it.
    var method: UnsafeRawBufferPointer

    /// nil when one of the two is missing or empty.
    init?(_ path: UnsafeRawBufferPointer) {
        guard path.count > 3, path[0] == UInt8(ascii: "/") else { return nil }
        var end = 1
        while end < path.count, path[end] != UInt8(ascii: "/") { end &+= 1 }
        guard end > 1, end < path.count - 1 else { return nil }
        service = UnsafeRawBufferPointer(rebasing: path[1..<end])
        method = UnsafeRawBufferPointer(rebasing: path[(end + 1)...])
    }
}
