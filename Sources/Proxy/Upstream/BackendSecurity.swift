import Routing
import TLS

/// TLS for the connections of one kind of backend, made once off the loops and shared by them. Equal only to itself: a
/// backend whose policy changes gets another, and with it other connections.
final class BackendSecurity: Sendable, Hashable {
    /// nil when it could not be made: then nothing is sent, least of all in plain text.
    private let context: TLSClientContext?

    init(_ context: TLSClientContext?) {
        self.context = context
    }

    func session(_ transit: TLSTransit) -> TLSSession? {
        context?.session(transit: transit)
    }

    var isUsable: Bool { context != nil }

    static func == (lhs: BackendSecurity, rhs: BackendSecurity) -> Bool { lhs === rhs }

    func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}
