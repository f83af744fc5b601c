/// Why a peer is sent away.
package enum FloodVerdict: Sendable, BitwiseCopyable {
    case fine
    /// PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty or unknown frames, or pieces of header blocks, without end.
    case controlFlood
    /// Requests that are reset as quickly as they are made (CVE-2023-44487), or that make this side reset them.
    case resetFlood
}

/// Notices peers that make work without getting any done. Two accounts that fill up with time and with useful frames, and
/// that frames and resets of no use are paid from.
struct FloodGuard: BitwiseCopyable {
    /// Control frames in one go, and per second in the long run.
    static var controlCapacity: Int { 2000 }
    static var controlPerSecond: Int { 200 }
    /// Resets in one go beyond the streams that were completed, and per second in the long run.
    static var resetCapacity: Int { 400 }
    static var resetsPerSecond: Int { 40 }

    private var control = FloodGuard.controlCapacity
    private var resets = FloodGuard.resetCapacity
    private var refilledAt: UInt64

    /// - Parameter now: nanoseconds of any monotonic clock.
    init(now: UInt64) {
        refilledAt = now
    }

    /// A frame that carries nothing. Costs more than one when it makes an answer necessary.
    @inline(__always)
    mutating func controlFrame(_ cost: Int = 1, now: UInt64) -> FloodVerdict {
        control &-= cost
        if control >= 0 { return .fine }
        refill(now)
        return control >= 0 ? .fine : .controlFlood
    }

    /// A stream ended before its time.
    mutating func reset(now: UInt64) -> FloodVerdict {
        resets &-= 1
        if resets >= 0 { return .fine }
        refill(now)
        return resets >= 0 ? .fine : .resetFlood
    }

    /// A frame did what connections are for; `credit` control frames may come with it.
    @inline(__always)
    mutating func usefulFrame(_ credit: Int = 2) {
        control = min(control &+ credit, Self.controlCapacity)
    }

    /// A request was answered.
    @inline(__always)
    mutating func completed() {
        resets = min(resets &+ 1, Self.resetCapacity)
    }

    private mutating func refill(_ now: UInt64) {
        let elapsed = min(now &- refilledAt, 3_600_000_000_000)
        let controls = Int(elapsed / (1_000_000_000 / UInt64(Self.controlPerSecond)))
        guard controls > 0 else { return }
        control = min(control + controls, Self.controlCapacity)
        resets = min(resets + controls * Self.resetsPerSecond / Self.controlPerSecond, Self.resetCapacity)
        refilledAt = now
    }
}
