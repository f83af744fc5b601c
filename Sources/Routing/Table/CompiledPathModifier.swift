/// The `path` of a rewrite or redirect, ready to be written.
@usableFromInline
package struct CompiledPathModifier: BitwiseCopyable {
    @usableFromInline
    package enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// The path stays.
        case none
        /// ReplaceFullPath.
        case full
        /// ReplacePrefixMatch.
        case prefix
    }

    @usableFromInline package var kind: Kind
    /// Begins with a slash, or is empty (prefix only); for a prefix without a slash at the end.
    var replacement: UnsafeRawBufferPointer

    static var none: CompiledPathModifier {
        CompiledPathModifier(kind: .none, replacement: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// True when the path stays.
    @inlinable
    package var isEmpty: Bool {
        if case .none = kind { true } else { false }
    }

    /// A bound for what `write` needs.
    package func maximumLength(path: UnsafeRawBufferPointer) -> Int {
        path.count + replacement.count + 1
    }

    /// Writes the new path and returns its length, 1 or more; at most `maximumLength(path:)`.
    ///
    /// - Parameters:
    ///   - path: the request's, normalised.
    ///   - prefixLength: `MatchOutcome.prefixLength`.
    ///   - destination: must not overlap with `path`.
    package func write(
        path: UnsafeRawBufferPointer, prefixLength: Int, into destination: UnsafeMutableRawPointer
    ) -> Int {
        switch kind {
        case .full:
            return copy(replacement, to: destination)
        case .prefix where path.first == UInt8(ascii: "/"):
            var length = copy(replacement, to: destination)
            length += copy(UnsafeRawBufferPointer(rebasing: path[prefixLength...]), to: destination + length)
            if length == 0 {
                destination.storeBytes(of: UInt8(ascii: "/"), as: UInt8.self)
                length = 1
            }
            return length
        case .none, .prefix:
            // `*` of OPTIONS is no path and has no prefix.
            return copy(path, to: destination)
        }
    }

    private func copy(_ bytes: UnsafeRawBufferPointer, to destination: UnsafeMutableRawPointer) -> Int {
        if let start = bytes.baseAddress { destination.copyMemory(from: start, byteCount: bytes.count) }
        return bytes.count
    }
}
