import CLinux
import Glibc
import Synchronization

/// One thread's epoll loop: readiness, deadlines, and tasks handed over by other threads.
///
/// Everything but `execute` is called on the loop's own thread.
/// `@unchecked Sendable`: other threads only use `execute`, which touches the mutex-guarded task list and the
/// eventfd; all other state is confined to the thread that called `run`.
final class EventLoop: @unchecked Sendable {
    private let epoll: Int32
    private let wakeUp: Int32
    private let events: UnsafeMutablePointer<weir_event>

    /// Handler and generation of every registered descriptor. The generation tells a report for a closed descriptor
    /// from one for its successor with the same number.
    private var handlers: ContiguousArray<EventHandler?> = []
    private var generations: ContiguousArray<UInt32> = []

    private var timers: TimerWheel
    /// Handlers that stopped early to be fair to others and go on in the next turn.
    private var continuations: ContiguousArray<EventHandler> = []
    /// Handlers that gather what they do in this turn to do it at once.
    private var waitingForEnd: ContiguousArray<EventHandler> = []
    private let tasks = Mutex<[@Sendable () -> Void]>([])
    private var stopped = false

    /// CLOCK_MONOTONIC in nanoseconds, read once after every wait.
    private(set) var now: UInt64

    init() throws(SystemError) {
        now = weir_monotonic_ns()
        timers = TimerWheel(now: now)
        events = .allocate(capacity: Int(WEIR_EVENT_BATCH))
        epoll = weir_epoll_create()
        guard epoll >= 0 else { throw SystemError(call: "epoll_create1", errno: errno) }
        wakeUp = weir_eventfd()
        guard wakeUp >= 0 else { throw SystemError(call: "eventfd", errno: errno) }
        guard weir_epoll_add(epoll, wakeUp, UInt64(UInt32(bitPattern: wakeUp)), 0) == 0 else {
            throw SystemError(call: "epoll_ctl", errno: errno)
        }
    }

    deinit {
        events.deallocate()
        Glibc.close(epoll)
        Glibc.close(wakeUp)
    }

    // MARK: Called from any thread

    /// Runs `task` on the loop's thread soon.
    func execute(_ task: @escaping @Sendable () -> Void) {
        let first = tasks.withLock { tasks in
            tasks.append(task)
            return tasks.count == 1
        }
        guard first else { return }
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    // MARK: Called on the loop's thread

    /// Runs until `stop`.
    func run() {
        while !stopped {
            let count = weir_epoll_wait(epoll, events, waitMilliseconds())
            now = weir_monotonic_ns()
            if count > 0 { dispatch(Int(count)) }
            runContinuations()
            while let descriptor = timers.popExpired(now: now) {
                handlers[Int(descriptor)]?.deadlineReached()
            }
            endTurn()
        }
    }

    func stop() {
        stopped = true
    }

    /// Reads the clock again: for work that takes long inside one turn.
    func refreshNow() {
        now = weir_monotonic_ns()
    }

    /// Registers `handler`'s descriptor for reading and writing (connections, edge-triggered) or for accepting
    /// (level-triggered).
    func register(_ handler: EventHandler, connection: Bool) throws(SystemError) {
        let descriptor = Int(handler.descriptor)
        while handlers.count <= descriptor {
            handlers.append(nil)
            generations.append(0)
        }
        let generation = generations[descriptor] &+ 1
        generations[descriptor] = generation
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: handler.descriptor))
        guard weir_epoll_add(epoll, handler.descriptor, data, connection ? 1 : 0) == 0 else {
            throw SystemError(call: "epoll_ctl", errno: errno)
        }
        handlers[descriptor] = handler
    }

    /// Forgets the handler and closes its descriptor; closing takes it out of epoll.
    func close(_ handler: EventHandler) {
        let descriptor = handler.descriptor
        guard descriptor >= 0 else { return }
        timers.remove(descriptor)
        handlers[Int(descriptor)] = nil
        generations[Int(descriptor)] &+= 1
        handler.descriptor = -1
        Glibc.close(descriptor)
    }

    /// From now on `successor` is called for the descriptor of `handler`, which loses it. The kernel reports what is new
    /// only: the successor is to look for itself what there is to read.
    func handOver(_ handler: EventHandler, to successor: EventHandler) {
        let descriptor = handler.descriptor
        timers.clear(descriptor)
        handler.descriptor = -1
        successor.descriptor = descriptor
        handlers[Int(descriptor)] = successor
    }

    func setDeadline(_ handler: EventHandler, at time: UInt64) {
        timers.set(handler.descriptor, at: time)
    }

    func clearDeadline(_ handler: EventHandler) {
        timers.clear(handler.descriptor)
    }

    /// Calls `handler.ready` again in the next turn, after others had theirs.
    func continueLater(_ handler: EventHandler) {
        continuations.append(handler)
    }

    /// Calls `handler.turnEnds` when everything else of this turn has been done.
    func callAtEndOfTurn(_ handler: EventHandler) {
        waitingForEnd.append(handler)
    }

    func forEachHandler(_ body: (EventHandler) -> Void) {
        for handler in handlers {
            if let handler { body(handler) }
        }
    }

    // MARK: Inside

    private func waitMilliseconds() -> Int32 {
        if !continuations.isEmpty { return 0 }
        return timers.millisecondsToNext(now: now) ?? -1
    }

    private func dispatch(_ count: Int) {
        for index in 0..<count {
            let event = events[index]
            let descriptor = Int32(truncatingIfNeeded: event.data)
            if descriptor == wakeUp {
                runTasks()
                continue
            }
            let generation = UInt32(truncatingIfNeeded: event.data >> 32)
            guard generations[Int(descriptor)] == generation, let handler = handlers[Int(descriptor)] else { continue }
            handler.ready(event.events)
        }
    }

    private func runTasks() {
        var count: UInt64 = 0
        _ = read(wakeUp, &count, 8)
        let ready = tasks.withLock { tasks in
            let ready = tasks
            tasks = []
            return ready
        }
        for task in ready { task() }
    }

    private func endTurn() {
        var index = 0
        // What ends the turn of one may give another something to do.
        while index < waitingForEnd.count {
            waitingForEnd[index].turnEnds()
            index += 1
        }
        waitingForEnd.removeAll(keepingCapacity: true)
    }

    private func runContinuations() {
        guard !continuations.isEmpty else { return }
        let ready = continuations
        continuations = []
        for handler in ready where handler.descriptor >= 0 {
            handler.ready(WEIR_EVENT_IN)
        }
    }
}
