import CLinux
import Foundation

/// How many cores the process may really use: its CPU affinity, and no more than the cgroup's quota, rounded up.
enum AvailableCores {
    static var count: Int {
        let allowed = Int(weir_affinity_count())
        guard let quota = cgroupQuota() else { return allowed }
        return max(1, min(allowed, Int(quota.rounded(.up))))
    }

    /// Cores per cgroup v2 `cpu.max` or v1 `cpu.cfs_*`; nil when there is no limit.
    private static func cgroupQuota() -> Double? {
        let group = text("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
        let candidates = ["/sys/fs/cgroup\(group ?? "")/cpu.max", "/sys/fs/cgroup/cpu.max"]
        for path in candidates {
            if let line = text(path) { return parse(cpuMax: line) }
        }
        guard let quota = text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").flatMap(Self.number),
            let period = text("/sys/fs/cgroup/cpu/cpu.cfs_period_us").flatMap(Self.number), quota > 0, period > 0
        else { return nil }
        return quota / period
    }

    /// `max 100000` or `150000 100000`.
    static func parse(cpuMax line: String) -> Double? {
        let words = line.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else {
            return nil
        }
        return quota / period
    }

    private static func number(_ text: String) -> Double? {
        Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
