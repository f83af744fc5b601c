import Glibc
import Telemetry

/// A worker with its thread, as seen from other threads. The thread keeps it alive until `stop`.
///
/// `@unchecked Sendable`: `worker` is only touched inside tasks that the loop runs on its own thread, and the loop's own
/// state is guarded by `EventLoop`.
final class WorkerThread: @unchecked Sendable {
    private let loop: EventLoop
    private let worker: Worker

    /// To be handed on only: it is the loop's.
    var streamMetrics: StreamMetrics { worker.streamMetrics }

    init(index: Int, settings: ProxySettings, seed: UInt64) throws(SystemError) {
        loop = try EventLoop()
        worker = Worker(index: index, settings: settings, loop: loop, seed: seed)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let thread = Unmanaged<WorkerThread>.fromOpaque(argument).takeRetainedValue()
                thread.loop.run()
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            throw SystemError(call: "pthread_create", errno: result)
        }
        pthread_detach(thread)
    }

    /// Runs `body` on the worker's thread and returns what it returns. Not to be used after `stop`.
    func perform<Result: Sendable>(_ body: @escaping @Sendable (Worker) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body(self.worker)) }
        }
    }

    /// Runs `body` on the worker's thread, in the order of the calls. Not to be used after `stop`.
    func execute(_ body: @escaping @Sendable (Worker) -> Void) {
        loop.execute { body(self.worker) }
    }

    /// Stops accepting and waits until the worker has no connection left.
    func drain() async {
        await withCheckedContinuation { continuation in
            loop.execute { self.worker.drain { continuation.resume() } }
        }
    }
}
