/// Shares in percent.
package enum PercentText {
    /// `90 %`, `33.3 %`: at most one decimal.
    package static func format(_ percent: Double) -> String {
        let tenths = (percent * 10).rounded()
        let whole = Int(tenths) / 10
        let rest = Int(tenths) % 10
        return rest == 0 ? "\(whole) %" : "\(whole).\(rest) %"
    }
}
