import GatewayAPI
import KubernetesTypes
import Routing

/// Addresses of which every Gateway gets its own (`weir run --address-pool`), and who has which.
///
/// A value that outlives single reconciliations: whoever calls `reconcile` keeps it, lets `assign` bring it up to date
/// with the objects, and hands it in as part of the settings. `reconcile` only reads it.
///
/// - An address never changes hands while its Gateway exists. What a Gateway had is kept for it when it goes, for as
///   long as other addresses are left, so that it has the same one when it comes back.
/// - Requests for a certain address (`spec.addresses[].value`) come before others, older Gateways before younger ones;
///   but nothing is taken away from a Gateway that has it.
/// - A Gateway that requests nothing gets one address of each family that the pool has.
package struct AddressPool: Sendable, Hashable {
    package let ranges: [AddressRange]
    /// What became of each entry of `spec.addresses`, or of the request that a Gateway without entries stands for.
    private(set) var grants: [ObjectName: [Grant]] = [:]
    /// The Gateway that has an address.
    private var holders: [IPAddressText: ObjectName] = [:]
    /// The Gateways that had addresses which nobody has now, and these addresses with the longest unused first.
    private var formerHolders: [IPAddressText: ObjectName] = [:]
    private var formerAddresses: [IPAddressText] = []

    /// What became of a request.
    enum Grant: Sendable, Hashable {
        case granted(String)
        /// The requested address is not one of the pool's.
        case notInPool
        /// Another Gateway has it.
        case taken
        /// No address is left.
        case exhausted
        /// Not a request for an IP address.
        case otherType
    }

    package init(_ ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// Takes back the addresses of Gateways that are gone and gives some to those that are new.
    package mutating func assign(in state: ClusterState, settings: ReconcilerSettings) {
        let classes = ClassEvaluation.all(in: state, settings: settings)
        let requests = state.gateways.entries.lazy.map(\.object).filter { classes[$0.spec.gatewayClassName] != nil }
            .sorted {
                ConflictOrder.precedes(
                    ($0.metadata.creationTimestamp, ObjectName($0.metadata)),
                    ($1.metadata.creationTimestamp, ObjectName($1.metadata)))
            }
            .map { Request(of: $0, families: families) }
        assign(requests)
    }

    /// One of each that the pool has, in its order: whether it is IPv6.
    private var families: [Bool] {
        ranges.map(\.isIPv6).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: Assigning

    private struct Request {
        enum Entry {
            case certain(IPAddressText)
            /// Any address, of a family if given.
            case any(isIPv6: Bool?)
            case otherType
        }

        var gateway: ObjectName
        var entries: [Entry]

        init(of gateway: Gateway, families: [Bool]) {
            self.gateway = ObjectName(gateway.metadata)
            entries = gateway.spec.addresses.map { address in
                guard address.type == .ipAddress else { return .otherType }
                guard let value = address.value, !value.isEmpty else { return .any(isIPv6: nil) }
                return IPAddressText(value).map(Entry.certain) ?? .otherType
            }
            if entries.isEmpty { entries = families.map { .any(isIPv6: $0) } }
        }
    }

    private mutating func assign(_ requests: [Request]) {
        let previous = holders
        let previousGrants = grants
        holders = [:]
        grants = Dictionary(
            requests.map { ($0.gateway, $0.entries.map { _ in Grant.exhausted }) }, uniquingKeysWith: { $1 })
        // Those who have what they ask for keep it.
        forEachEntry(of: requests) { pool, request, index, entry in
            if case .certain(let address) = entry, previous[address] == request.gateway {
                pool.grant(address, to: request.gateway, at: index)
            }
        }
        forEachEntry(of: requests) { pool, request, index, entry in
            guard case .any(let family) = entry else { return }
            for case .granted(let text) in previousGrants[request.gateway] ?? [] {
                guard let address = IPAddressText(text), pool.isFree(address, family) else { continue }
                return pool.grant(address, to: request.gateway, at: index)
            }
        }
        forEachEntry(of: requests) { pool, request, index, entry in
            switch entry {
            case .certain(let address): pool.settle(address, previous: previous, for: request.gateway, at: index)
            case .otherType: pool.grants[request.gateway]?[index] = .otherType
            case .any: break
            }
        }
        remember(previous)
        forEachEntry(of: requests) { pool, request, index, entry in
            guard case .any(let family) = entry, pool.grants[request.gateway]?[index] == .exhausted,
                let address = pool.choose(for: request.gateway, family)
            else { return }
            pool.grant(address, to: request.gateway, at: index)
        }
        forget()
    }

    private mutating func forEachEntry(
        of requests: [Request], _ body: (inout AddressPool, Request, Int, Request.Entry) -> Void
    ) {
        for request in requests {
            for (index, entry) in request.entries.enumerated() { body(&self, request, index, entry) }
        }
    }

    private mutating func grant(_ address: IPAddressText, to gateway: ObjectName, at index: Int) {
        holders[address] = gateway
        grants[gateway]?[index] = .granted(address.text)
    }

    /// Answers the request for a certain address that the Gateway did not have before.
    private mutating func settle(
        _ address: IPAddressText, previous: [IPAddressText: ObjectName], for gateway: ObjectName, at index: Int
    ) {
        if case .granted? = grants[gateway]?[index] { return }
        if !ranges.contains(where: { $0.contains(address) }) {
            grants[gateway]?[index] = .notInPool
        } else if holders[address] == nil {
            grant(address, to: gateway, at: index)
        } else {
            grants[gateway]?[index] = .taken
        }
    }

    private func isFree(_ address: IPAddressText, _ isIPv6: Bool?) -> Bool {
        holders[address] == nil && isIPv6.map { $0 == (address.bytes.count == 16) } ?? true
    }

    /// The address that the Gateway had before, else one that nobody had, else the one unused for longest.
    private func choose(for gateway: ObjectName, _ isIPv6: Bool?) -> IPAddressText? {
        let former = formerAddresses.filter { isFree($0, isIPv6) }
        if let own = former.first(where: { formerHolders[$0] == gateway }) { return own }
        for range in ranges where isIPv6 == nil || range.isIPv6 == isIPv6 {
            for offset in range.offsets {
                let address = range.address(at: offset)
                if holders[address] == nil, formerHolders[address] == nil { return address }
            }
        }
        return former.first
    }

    /// Notes what nobody has any more.
    private mutating func remember(_ previous: [IPAddressText: ObjectName]) {
        let released = previous.filter { holders[$0.key] == nil }
        for (address, gateway) in released.sorted(by: { ($0.value, $0.key.text) < ($1.value, $1.key.text) }) {
            formerHolders[address] = gateway
            formerAddresses.append(address)
        }
    }

    /// Forgets former holders of what somebody has again.
    private mutating func forget() {
        if formerAddresses.isEmpty { return }
        formerAddresses.removeAll { holders[$0] != nil }
        formerHolders = formerHolders.filter { holders[$0.key] == nil }
    }
}
