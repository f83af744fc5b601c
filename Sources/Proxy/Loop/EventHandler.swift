/// Something with a file descriptor that an event loop calls when the kernel reports readiness.
///
/// Belongs to one loop and is touched by that loop's thread alone.
class EventHandler {
    /// -1 once closed.
    final var descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The descriptor is ready; `events` are WEIR_EVENT_* bits. Edge-triggered: read and write until EAGAIN or a
    /// short count.
    func ready(_ events: UInt32) {}

    /// Asked for with `EventLoop.callAtEndOfTurn`: everything else of this turn has been done.
    func turnEnds() {}

    /// The deadline set with `EventLoop.setDeadline` has passed.
    func deadlineReached() {}

    /// Ends at once whatever this is for: the process does not wait any longer.
    func terminate() {}
}
