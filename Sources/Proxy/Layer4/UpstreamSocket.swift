import CLinux
import Glibc

/// Sockets to endpoints.
enum UpstreamSocket {
    /// A socket that has begun to connect. A peer that vanishes without a FIN is noticed after two minutes.
    static func connect(to address: SocketAddress) throws(SystemError) -> Int32 {
        let descriptor = weir_socket(address.family)
        guard descriptor >= 0 else { throw SystemError(call: "socket", errno: errno) }
        _ = weir_set_nodelay(descriptor)
        _ = weir_set_keepalive(descriptor)
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = errno
            Glibc.close(descriptor)
            throw SystemError(call: "connect", errno: error)
        }
        return descriptor
    }
}
