/// The port of a Service that an echo backend stands in for. It is what the backend says of itself in its answers.
package struct EchoIdentity: Sendable, Hashable, CustomStringConvertible {
    package var namespace: String
    /// `metadata.name` of the Service.
    package var service: String
    /// The port number as the Service declares it (`spec.ports[].port`), not the port that is listened on.
    package var servicePort: UInt16

    package init(namespace: String, service: String, servicePort: UInt16) {
        self.namespace = namespace
        self.service = service
        self.servicePort = servicePort
    }

    /// A pod name that stays the same over reloads and restarts, so that answers can be compared.
    package var podName: String { "\(service)-echo-0" }

    package var description: String { "\(namespace)/\(service):\(servicePort)" }
}
