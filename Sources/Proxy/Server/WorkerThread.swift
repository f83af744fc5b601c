import Glibc
import Telemetry

/// A worker with its thread, as seen from other threads.
///
/// `@unchecked Sendable`: `worker` is only touched inside tasks that the loop runs on its own thread (`perform`), and by
/// the thread's start routine before any task can run.
final class WorkerThread: @unchecked Sendable {
    private let loop: EventLoop
    private let worker: Worker

    init(settings: ProxySettings, seed: UInt64) throws(SystemError) {
        loop = try EventLoop()
        worker = Worker(settings: settings, loop: loop, seed: seed)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument)
        guard result == 0 else {
            Unmanaged<EventLoop>.fromOpaque(argument).release()
            throw SystemError(call: "pthread_create", errno: result)
        }
        pthread_detach(thread)
    }

    /// Runs `body` on the worker's thread and returns what it returns.
    func perform<Result: Sendable>(_ body: @escaping @Sendable (Worker) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body(self.worker)) }
        }
    }

    /// Stops accepting and waits until the worker has no connection left.
    func drain() async {
        await withCheckedContinuation { continuation in
            loop.execute { self.worker.drain { continuation.resume() } }
        }
    }
}
