/// What a header of the PROXY protocol tells (haproxy's proxy-protocol.txt): who connected, and to what.
package struct ProxyHeader: Sendable, Hashable {
    /// An address with its port. IPv4 addresses are IPv4-mapped IPv6 ones (`::ffff:a.b.c.d`).
    package struct Address: Sendable, Hashable, BitwiseCopyable {
        /// The first 64 bits, the first of them in the highest place.
        package var high: UInt64
        package var low: UInt64
        package var port: UInt16

        package init(high: UInt64, low: UInt64, port: UInt16) {
            self.high = high
            self.low = low
            self.port = port
        }

        package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }
    }

    /// nil when the peer speaks for itself (`LOCAL`, a health check for example), or does not tell (`UNKNOWN`, an address
    /// family that is not IP).
    package var addresses: Addresses?

    package struct Addresses: Sendable, Hashable, BitwiseCopyable {
        package var source: Address
        package var destination: Address

        package init(source: Address, destination: Address) {
            self.source = source
            self.destination = destination
        }
    }

    package init(addresses: Addresses?) {
        self.addresses = addresses
    }

    /// The longest header that is read; both versions stay far below with what is in use.
    package static let maximumBytes = 4096
    /// The longest header that is written.
    package static let maximumWrittenBytes = 107

    /// What the bytes that have arrived so far are.
    package enum Parse: Sendable, Equatable {
        /// The beginning of a header.
        case incomplete
        /// No header, or a malformed one, or one that is too long.
        case invalid
        /// - count: its bytes; what follows belongs to the connection proper.
        case complete(ProxyHeader, count: Int)
    }

    /// Reads a header of version 1 or 2 from the beginning of a connection. A pure function.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Parse {
        guard let first = bytes.first else { return .incomplete }
        return first == UInt8(ascii: "P") ? parseText(bytes) : parseBinary(bytes)
    }
}
