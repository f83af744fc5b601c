import Glibc

/// Why the admin server could not start.
package enum AdminError: Error, Sendable, Hashable, CustomStringConvertible {
    case addressInUse(AdminAddress)
    /// A port below 1024, for a user who may not bind it.
    case notPermitted(AdminAddress)
    /// No interface of this machine has the address, or it is no IP address.
    case noSuchAddress(AdminAddress)
    /// Anything else; `reason` is the system's own text.
    case cannotListen(AdminAddress, reason: String)

    package var description: String {
        switch self {
        case .addressInUse(let address):
            "the admin address \(address) is already in use, perhaps by another weir; "
                + "choose another with --admin ADDR:PORT (port 0 takes any free one)"
        case .notPermitted(let address):
            "no permission to listen on the admin address \(address); "
                + "choose a port of 1024 or above with --admin ADDR:PORT"
        case .noSuchAddress(let address):
            "the admin address \(address) is not an IP address of this machine; "
                + "choose one with --admin ADDR:PORT, for example --admin \(AdminAddress.standard)"
        case .cannotListen(let address, let reason):
            "cannot listen on the admin address \(address): \(reason); choose another with --admin ADDR:PORT"
        }
    }

    init(errno code: Int32, reason: String, address: AdminAddress) {
        switch code {
        case EADDRINUSE: self = .addressInUse(address)
        case EACCES, EPERM: self = .notPermitted(address)
        case EADDRNOTAVAIL: self = .noSuchAddress(address)
        default: self = .cannotListen(address, reason: reason)
        }
    }
}
