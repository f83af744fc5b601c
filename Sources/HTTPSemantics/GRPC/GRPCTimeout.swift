/// The `grpc-timeout` field of a request ("gRPC over HTTP2", Timeout): at most eight digits and a unit.
package enum GRPCTimeout {
    package static let fieldName: StaticString = "grpc-timeout"

    /// Nanoseconds; nil for a value that is none, which means no timeout.
    package static func nanoseconds(_ value: UnsafeRawBufferPointer) -> UInt64? {
        guard (2...9).contains(value.count), let unit = value.last else { return nil }
        let nanosecondsOfUnit: UInt64
        switch unit {
        case UInt8(ascii: "H"): nanosecondsOfUnit = 3600 * 1_000_000_000
        case UInt8(ascii: "M"): nanosecondsOfUnit = 60 * 1_000_000_000
        case UInt8(ascii: "S"): nanosecondsOfUnit = 1_000_000_000
        case UInt8(ascii: "m"): nanosecondsOfUnit = 1_000_000
        case UInt8(ascii: "u"): nanosecondsOfUnit = 1000
        case UInt8(ascii: "n"): nanosecondsOfUnit = 1
        default: return nil
        }
        var number: UInt64 = 0
        for digit in value.dropLast() {
            guard digit &- 0x30 < 10 else { return nil }
            number = number * 10 + UInt64(digit &- 0x30)
        }
        // 99,999,999 hours are more nanoseconds than fit into 64 bits.
        let (product, overflow) = number.multipliedReportingOverflow(by: nanosecondsOfUnit)
        return overflow ? longest : min(product, longest)
    }

    /// Ten years.
    private static let longest: UInt64 = 10 * 365 * 86400 * 1_000_000_000
}
