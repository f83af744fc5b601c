import GatewayAPI
import KubernetesTypes

/// What becomes of `spec.addresses`.
struct GatewayAddresses: Sendable, Hashable {
    /// The addresses at which the Gateway can be reached.
    var published: [GatewayStatusAddress] = []
    /// A type that is not known here: the Gateway is not accepted.
    var unsupported: Finding?
    /// A requested address that cannot be used.
    var unusable: Finding?
    /// There is no address to give it, maybe not yet.
    var unassigned: Finding?

    /// - Parameter available: the addresses of this installation; a Gateway gets all of them or those it asks for.
    init(_ requested: [GatewaySpecAddress], available: [GatewayStatusAddress]) {
        guard !requested.isEmpty else {
            published = available
            if available.isEmpty {
                unassigned = Finding(FieldPath("spec.addresses"), "No address has been assigned to the Gateway yet.")
            }
            return
        }
        for (index, address) in requested.enumerated() {
            let path = FieldPath("spec.addresses").index(index)
            guard address.type == .ipAddress || address.type == .hostname else {
                unsupported = Finding(
                    path.field("type"), "Addresses of type \(address.type) are not supported.",
                    help: "IPAddress and Hostname are.")
                continue
            }
            assign(address, at: path, available: available)
        }
    }

    private mutating func assign(
        _ address: GatewaySpecAddress, at path: FieldPath, available: [GatewayStatusAddress]
    ) {
        let candidates = available.filter { $0.type == address.type }
        if let value = address.value, !value.isEmpty {
            guard let match = candidates.first(where: { $0.value == value }) else {
                let values = candidates.map(\.value)
                unusable =
                    unusable
                    ?? Finding(
                        path.field("value"), "The address \(value) cannot be used here.",
                        help: values.isEmpty
                            ? "No \(address.type) is available." : "Available is \(Wording.list(values)).")
                return
            }
            publish(match)
        } else if let first = candidates.first {
            publish(first)
        } else {
            unassigned =
                unassigned ?? Finding(path, "No address of type \(address.type) is available for the Gateway.")
        }
    }

    private mutating func publish(_ address: GatewayStatusAddress) {
        if !published.contains(address) { published.append(address) }
    }
}
