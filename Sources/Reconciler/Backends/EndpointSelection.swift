import KubernetesTypes
import Routing

/// Endpoints of one port of a Service.
enum EndpointSelection {
    /// - Parameter slices: those of the Service, sorted by name.
    /// - Returns: without repetition; an endpoint that several slices list counts as ready if one says so.
    static func endpoints(
        of id: BackendID, service: Service, slices: [Stored<EndpointSlice>]
    ) -> [Endpoint] {
        if service.spec.type == .externalName {
            guard case .endpoint(let endpoint) = ExternalName.resolve(service.spec.externalName ?? "", port: id.port)
            else { return [] }
            return [endpoint]
        }
        let transport: TransportProtocol = id.transport == .datagram ? .udp : .tcp
        let port = service.spec.ports.first { $0.port == id.port && $0.protocol == transport }
        guard let port else { return [] }
        var endpoints: [Endpoint] = []
        var positions: [Place: Int] = [:]
        for slice in slices {
            for slicePort in slice.object.ports where slicePort.name == port.name && slicePort.protocol == transport {
                // Without a number all ports are meant, so the Service's target is as good as any.
                guard let number = slicePort.port ?? port.numericTarget else { continue }
                for endpoint in slice.object.endpoints.lazy.compactMap({
                    makeEndpoint($0, port: number, slice.object.addressType)
                }) {
                    let place = Place(host: endpoint.host, port: endpoint.port)
                    if let position = positions[place] {
                        if endpoint.condition == .ready { endpoints[position].condition = .ready }
                    } else {
                        positions[place] = endpoints.count
                        endpoints.append(endpoint)
                    }
                }
            }
        }
        return endpoints
    }

    private struct Place: Hashable {
        var host: Endpoint.Host
        var port: UInt16
    }

    private static func makeEndpoint(
        _ endpoint: SliceEndpoint, port: UInt16, _ type: EndpointSlice.AddressType
    ) -> Endpoint? {
        // The addresses of an endpoint are interchangeable; the API tells consumers to use the first.
        guard let address = endpoint.addresses.first, let condition = Endpoint.Condition(endpoint.conditions),
            let host = host(address, type)
        else { return nil }
        return Endpoint(host: host, port: port, condition: condition)
    }

    private static func host(_ address: String, _ type: EndpointSlice.AddressType) -> Endpoint.Host? {
        switch (type, IPAddressText(address)) {
        case (.ipv4, .v4), (.ipv6, .v6): .address(address)
        case (.ipv4, _), (.ipv6, _): nil
        case (.fqdn, _): DNSName(address).map { .name($0.text) }
        }
    }
}

extension Endpoint.Condition {
    /// nil for endpoints that get no requests.
    fileprivate init?(_ conditions: EndpointConditions) {
        if conditions.ready {
            self = .ready
        } else if conditions.serving, conditions.terminating {
            self = .servingTerminating
        } else {
            return nil
        }
    }
}

extension ServicePort {
    fileprivate var numericTarget: UInt16? {
        switch targetPort {
        case .int(let number): UInt16(exactly: number)
        case .string: nil
        }
    }
}
