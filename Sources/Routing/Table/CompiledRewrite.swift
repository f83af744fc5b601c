/// A URLRewrite filter as the proxy carries it out.
@usableFromInline
package struct CompiledRewrite: BitwiseCopyable {
    /// The host for the backend; empty when it stays.
    @usableFromInline package var hostname: UnsafeRawBufferPointer
    @usableFromInline package var path: CompiledPathModifier

    static var none: CompiledRewrite {
        CompiledRewrite(hostname: UnsafeRawBufferPointer(start: nil, count: 0), path: .none)
    }

    /// True when there is nothing to do.
    @inlinable
    package var isEmpty: Bool { path.isEmpty && hostname.count == 0 }

    /// A bound for what `write` needs.
    package func maximumPathLength(path: UnsafeRawBufferPointer) -> Int {
        self.path.maximumLength(path: path)
    }

    /// Writes the path for the backend (without query) and returns its length; see `CompiledPathModifier.write`.
    package func write(
        path: UnsafeRawBufferPointer, prefixLength: Int, into destination: UnsafeMutableRawPointer
    ) -> Int {
        self.path.write(path: path, prefixLength: prefixLength, into: destination)
    }
}
