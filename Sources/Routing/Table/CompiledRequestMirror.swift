/// One `requestMirror` filter.
package struct CompiledRequestMirror: BitwiseCopyable {
    /// Index into `RoutingConfiguration.backends`, always valid.
    package var backendIndex: Int32
    /// Of 2^32 requests so many get a copy.
    private var threshold: UInt64

    /// Whether this request gets a copy.
    ///
    /// - Parameter random: evenly distributed over all 64-bit values, drawn for this mirror and request.
    package func takes(random: UInt64) -> Bool { random &>> 32 < threshold }

    init(backendIndex: Int32, numerator: UInt32, denominator: UInt32) {
        self.backendIndex = backendIndex
        let denominator = UInt64(max(denominator, 1))
        threshold = (UInt64(min(UInt64(numerator), denominator)) << 32) / denominator
    }
}
