package import HTTPSemantics

/// Which well-known fields a head contains, one bit each: absence is known without looking at the lines.
package struct KnownFieldSet: OptionSet, Sendable, BitwiseCopyable, Equatable {
    /// Bit `KnownField.rawValue` is set when at least one such field line is present.
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The set that contains only `field`.
    @inlinable
    package init(_ field: KnownField) {
        rawValue = Self.bit(field)
    }

    @inlinable
    package func contains(_ field: KnownField) -> Bool {
        rawValue & Self.bit(field) != 0
    }

    /// The raw value is the case's own representation, as the cases are numbered from zero without gaps; reading it
    /// through the property is a call into another module.
    @inlinable
    package static func bit(_ field: KnownField) -> UInt32 {
        1 &<< UInt32(unsafeBitCast(field, to: UInt8.self))
    }
}
