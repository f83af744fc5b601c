import GatewayAPI
import KubernetesTypes
import Routing

/// What becomes of `spec.addresses` (GEP-1762).
struct GatewayAddresses: Sendable, Hashable {
    /// The addresses at which the Gateway can be reached.
    private(set) var published: [GatewayStatusAddress] = []
    /// What its listeners bind; nil among them is the bind address of the process. Empty when there is nothing to bind.
    private(set) var bound: [String?] = []
    /// A type that is not known here: the Gateway is not accepted.
    private(set) var unsupported: Finding?
    /// A requested address that cannot be used.
    private(set) var unusable: Finding?
    /// There is no address to give it, maybe not yet.
    private(set) var unassigned: Finding?

    private static let path = FieldPath("spec.addresses")

    init(of gateway: ObjectName, requested: [GatewaySpecAddress], settings: ReconcilerSettings) {
        for (index, address) in requested.enumerated()
        where address.type != .ipAddress && address.type != .hostname && unsupported == nil {
            unsupported = Finding(
                .unsupportedAddress, Self.path.index(index).field("type"),
                "Addresses of type \(address.type) are not supported.", help: "IPAddress and Hostname are.")
        }
        if let pool = settings.addressPool {
            assign(pool.grants[gateway] ?? [], requested, pool, unbindable: settings.unbindableAddresses)
        } else if requested.isEmpty {
            published = settings.addresses
            if settings.addresses.isEmpty {
                unassigned = Finding(
                    .unassignedAddress, Self.path, "No address has been assigned to the Gateway yet.")
            }
            bound = [nil]
        } else {
            for (index, address) in requested.enumerated() where unsupported == nil {
                choose(address, at: Self.path.index(index), available: settings.addresses)
            }
            bound = unusable == nil || !published.isEmpty ? [nil] : []
        }
    }

    // MARK: Addresses that all Gateways share

    private mutating func choose(
        _ address: GatewaySpecAddress, at path: FieldPath, available: [GatewayStatusAddress]
    ) {
        let candidates = available.filter { $0.type == address.type }
        if let value = address.value, !value.isEmpty {
            if let match = candidates.first(where: { $0.value == value }) {
                publish(match)
            } else {
                let values = candidates.map(\.value)
                refuse(
                    value, at: path, "cannot be used here.",
                    help: values.isEmpty
                        ? "No \(address.type) is available." : "Available is \(Wording.list(values)).")
            }
        } else if let first = candidates.first {
            publish(first)
        } else {
            missing(address, at: path)
        }
    }

    // MARK: Addresses of the Gateway's own

    private mutating func assign(
        _ grants: [AddressPool.Grant], _ requested: [GatewaySpecAddress], _ pool: AddressPool,
        unbindable: [String: String]
    ) {
        let ranges = Wording.list(pool.ranges.map(\.description))
        if grants.isEmpty { missing(GatewaySpecAddress(), at: Self.path) }
        for (index, grant) in grants.enumerated() {
            let path = requested.isEmpty ? Self.path : Self.path.index(index)
            let request = requested.isEmpty ? GatewaySpecAddress() : requested[index]
            let value = request.value ?? ""
            switch grant {
            case .granted(let address):
                if let reason = unbindable[address] {
                    refuse(address, at: path, "cannot be used: \(reason).", help: "Give this machine the address.")
                } else {
                    publish(GatewayStatusAddress(value: address))
                    bound.append(address)
                }
            case .notInPool:
                refuse(value, at: path, "cannot be used here.", help: "Available are those of \(ranges).")
            case .taken:
                refuse(
                    value, at: path, "belongs to another Gateway.",
                    help: "Leave the value out to be given one, or choose another one of \(ranges).")
            case .exhausted:
                missing(request, at: path)
            case .otherType:
                // What is not supported at all has been said already.
                guard request.type == .hostname else { continue }
                if value.isEmpty {
                    missing(request, at: path)
                } else {
                    refuse(value, at: path, "cannot be used here.", help: "Available are those of \(ranges).")
                }
            }
        }
    }

    // MARK: Findings: the first of each kind is reported

    private mutating func refuse(_ value: String, at path: FieldPath, _ message: String, help: String) {
        guard unusable == nil else { return }
        let place = path == Self.path ? path : path.field("value")
        unusable = Finding(.unusableAddress, place, "The address \(value) \(message)", help: help)
    }

    private mutating func missing(_ address: GatewaySpecAddress, at path: FieldPath) {
        guard unassigned == nil else { return }
        unassigned = Finding(
            .unassignedAddress, path, "No address of type \(address.type) is available for the Gateway.")
    }

    private mutating func publish(_ address: GatewayStatusAddress) {
        if !published.contains(address) { published.append(address) }
    }
}
