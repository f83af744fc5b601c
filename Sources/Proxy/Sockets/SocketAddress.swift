import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port, as the kernel takes it.
struct SocketAddress: BitwiseCopyable, Hashable, CustomStringConvertible {
    private var high: UInt64
    private var low: UInt64
    private(set) var isIPv6: Bool
    var port: UInt16

    /// Parses an address in text form (`inet_pton`); nil for anything else.
    init?(_ text: String, port: UInt16) {
        self.port = port
        high = 0
        low = 0
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            isIPv6 = false
            low = UInt64(v4.s_addr)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            isIPv6 = true
            (high, low) = withUnsafeBytes(of: &v6) { bytes in
                (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        } else {
            return nil
        }
    }

    init?(_ storage: sockaddr_storage) {
        high = 0
        low = 0
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            isIPv6 = false
            port = 0
            withUnsafeBytes(of: &storage) { bytes in
                let address = bytes.loadUnaligned(as: sockaddr_in.self)
                low = UInt64(address.sin_addr.s_addr)
                port = UInt16(bigEndian: address.sin_port)
            }
        case AF_INET6:
            isIPv6 = true
            port = 0
            withUnsafeBytes(of: &storage) { bytes in
                let address = bytes.loadUnaligned(as: sockaddr_in6.self)
                port = UInt16(bigEndian: address.sin6_port)
                withUnsafeBytes(of: address.sin6_addr) { octets in
                    high = octets.loadUnaligned(as: UInt64.self)
                    low = octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                }
            }
        default: return nil
        }
    }

    /// Calls `body` with the form that `bind` and `connect` take.
    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let length: Int
            if isIPv6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                withUnsafeMutableBytes(of: &address.sin6_addr) { octets in
                    octets.storeBytes(of: high, as: UInt64.self)
                    octets.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
                }
                length = MemoryLayout<sockaddr_in6>.size
                bytes.storeBytes(of: address, as: sockaddr_in6.self)
            } else {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low)
                length = MemoryLayout<sockaddr_in>.size
                bytes.storeBytes(of: address, as: sockaddr_in.self)
            }
            return bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let base = pointer.baseAddress else { preconditionFailure("sockaddr_storage is never empty") }
                return body(UnsafePointer(base), socklen_t(length))
            }
        }
    }

    /// The 128 bits of the address, the first in the highest place; IPv4 as an IPv4-mapped IPv6 address.
    var mapped: (high: UInt64, low: UInt64) {
        isIPv6
            ? (UInt64(bigEndian: high), UInt64(bigEndian: low))
            : (0, 0xffff_0000_0000 | UInt64(UInt32(bigEndian: UInt32(truncatingIfNeeded: low))))
    }

    /// The address that `mapped` stands for; IPv4-mapped ones become IPv4.
    init(mapped: (high: UInt64, low: UInt64), port: UInt16) {
        self.port = port
        isIPv6 = mapped.high != 0 || mapped.low >> 32 != 0xffff
        if isIPv6 {
            high = mapped.high.bigEndian
            low = mapped.low.bigEndian
        } else {
            high = 0
            low = UInt64(UInt32(truncatingIfNeeded: mapped.low).bigEndian)
        }
    }

    /// The address that a socket is bound to (`getsockname`); nil when that cannot be told.
    static func local(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }

    /// `0.0.0.0` or `::`: all addresses of this machine.
    var isWildcard: Bool { high == 0 && low == 0 }

    var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

    /// Writes the address without its port, at most 45 bytes; returns the count. IPv4-mapped addresses are written as
    /// IPv4, which is what they are on a dual-stack socket.
    func writeHost(to destination: UnsafeMutableRawPointer) -> Int {
        if !isIPv6 { return Self.writeIPv4(UInt32(truncatingIfNeeded: low), to: destination) }
        if high == 0, UInt32(truncatingIfNeeded: low) == UInt32(0xffff).bigEndian {
            return Self.writeIPv4(UInt32(truncatingIfNeeded: low >> 32), to: destination)
        }
        var octets = (high, low)
        return withUnsafeBytes(of: &octets) { bytes in
            inet_ntop(AF_INET6, bytes.baseAddress, destination.assumingMemoryBound(to: CChar.self), 46)
            return strlen(destination.assumingMemoryBound(to: CChar.self))
        }
    }

    var description: String {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            let count = writeHost(to: base)
            let host = String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    private static func writeIPv4(_ address: UInt32, to destination: UnsafeMutableRawPointer) -> Int {
        var position = 0
        for index in 0..<4 {
            let octet = UInt8(truncatingIfNeeded: address >> (8 * UInt32(index)))
            if octet >= 100 {
                destination.storeBytes(of: 48 + octet / 100, toByteOffset: position, as: UInt8.self)
                position += 1
            }
            if octet >= 10 {
                destination.storeBytes(of: 48 + octet / 10 % 10, toByteOffset: position, as: UInt8.self)
                position += 1
            }
            destination.storeBytes(of: 48 + octet % 10, toByteOffset: position, as: UInt8.self)
            position += 1
            if index < 3 {
                destination.storeBytes(of: UInt8(ascii: "."), toByteOffset: position, as: UInt8.self)
                position += 1
            }
        }
        return position
    }
}
