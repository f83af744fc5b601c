#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The files that somebody is writing to right now. Reading them would show half of what they are going to contain.
struct PendingWrites {
    /// How long a writer may keep a file open before the file is read anyway.
    static let patience = Duration.seconds(1)

    private var deadlines: [String: ContinuousClock.Instant] = [:]

    /// - Parameter directories: the names of the directory of the event.
    /// - Returns: whether something happened that calls for a look at the files.
    mutating func note(
        _ event: Inotify.Event, directories: Set<String>, at now: ContinuousClock.Instant
    ) -> Bool {
        if event.has(Int32(IN_Q_OVERFLOW)) {
            deadlines = [:]
            return true
        }
        guard !directories.isEmpty, !event.name.isEmpty else { return true }
        let paths = directories.map { $0 == "/" ? "/\(event.name)" : "\($0)/\(event.name)" }
        if event.has(Int32(IN_MODIFY)) || (event.has(Int32(IN_CREATE)) && isNewFile(paths[0])) {
            for path in paths { deadlines[path] = deadlines[path] ?? now + Self.patience }
            return false
        }
        if event.has(Int32(IN_CLOSE_WRITE)) || event.has(Int32(IN_DELETE)) || event.has(Int32(IN_MOVED_FROM))
            || event.has(Int32(IN_MOVED_TO))
        {
            for path in paths { deadlines[path] = nil }
        }
        return true
    }

    /// Forgets the writers that were too slow.
    /// - Returns: whether there were any.
    mutating func expire(at now: ContinuousClock.Instant) -> Bool {
        let count = deadlines.count
        deadlines = deadlines.filter { $0.value > now }
        return deadlines.count < count
    }

    func contains(_ path: String) -> Bool { deadlines[path] != nil }

    /// When the next writer will have been too slow.
    var nextDeadline: ContinuousClock.Instant? { deadlines.values.min() }

    /// A regular file that was created for writing. Directories, symbolic links and hard links appear complete.
    private func isNewFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
    }
}
