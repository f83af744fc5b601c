import HTTPSemantics

/// A set of request methods in one word.
struct MethodSet: BitwiseCopyable, Equatable {
    private var bits: UInt16

    static let all = MethodSet(bits: .max)

    private init(bits: UInt16) { self.bits = bits }

    init(_ method: RequestMethod) { bits = Self.bit(of: method) }

    @inline(__always)
    func contains(_ method: RequestMethod) -> Bool { bits & Self.bit(of: method) != 0 }

    /// Written as a switch, which costs nothing: `rawValue` of an enum in another module is a call.
    @inline(__always)
    private static func bit(of method: RequestMethod) -> UInt16 {
        switch method {
        case .get: 1 << 0
        case .head: 1 << 1
        case .post: 1 << 2
        case .put: 1 << 3
        case .delete: 1 << 4
        case .connect: 1 << 5
        case .options: 1 << 6
        case .trace: 1 << 7
        case .patch: 1 << 8
        case .other: 1 << 9
        }
    }
}
