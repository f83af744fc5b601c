extension Worker {
    /// Opens, keeps and closes the UDP sockets of a plan.
    func installDatagramSockets(_ plan: [ListenerPlan]) {
        var kept: [DatagramSocket] = []
        for socket in datagramSockets {
            let address = ListenAddress(socket: socket.address, isDatagram: true)
            if let entry = plan.first(where: { $0.descriptor == nil && $0.address == address }),
                case .datagrams(let target) = table.ports[entry.portIndex].service
            {
                socket.target = target
                kept.append(socket)
            } else {
                socket.retire()
            }
        }
        for entry in plan where entry.address.isDatagram {
            guard let descriptor = entry.descriptor,
                case .datagrams(let target) = table.ports[entry.portIndex].service
            else { continue }
            let socket = DatagramSocket(
                worker: self, descriptor: descriptor, address: entry.address.socket, target: target)
            // As with other listeners: the workers that can serve the port.
            do {
                try loop.register(socket, connection: false)
                kept.append(socket)
            } catch {
                loop.close(socket)
            }
        }
        datagramSockets = kept
    }
}
