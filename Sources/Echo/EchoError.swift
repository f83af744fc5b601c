/// Why an echo backend could not be started.
package enum EchoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No listener could be opened; `reason` is the system's own text.
    case cannotListen(EchoIdentity, reason: String)
    /// `shutdown()` was called before or meanwhile.
    case shutDown(EchoIdentity)

    package var description: String {
        switch self {
        case .cannotListen(let identity, let reason):
            "no echo backend for Service \(identity): \(reason); point it at a real one with "
                + "--backend \(identity)=HOST:PORT"
        case .shutDown(let identity):
            "no echo backend for Service \(identity): the echo server has been shut down"
        }
    }
}
