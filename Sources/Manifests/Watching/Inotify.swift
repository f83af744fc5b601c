#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Linux inotify: tells when something changes in directories.
struct Inotify: ~Copyable {
    /// What happened in a watched directory.
    struct Event {
        /// Which watched directory.
        var watch: Int32
        /// The file in the directory; empty for the directory itself.
        var name: String
        var mask: UInt32

        func has(_ flag: Int32) -> Bool { mask & UInt32(bitPattern: flag) != 0 }
    }

    private let descriptor: Int32
    /// The names of the watched directories; one directory may have been reached by several.
    private(set) var directories: [Int32: Set<String>] = [:]

    /// nil with `errno` when the system has no more instances for this user.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        if descriptor < 0 { return nil }
    }

    deinit {
        close(descriptor)
    }

    /// Watches a directory. Watching it again changes nothing; a directory that cannot be watched is passed over, it
    /// is then looked at from time to time only.
    mutating func watch(_ directory: String) {
        let flags =
            IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVED_FROM
            | IN_MOVED_TO
            | IN_MOVE_SELF | Int32(IN_ONLYDIR)
        let watch = inotify_add_watch(descriptor, directory, UInt32(bitPattern: Int32(flags)))
        if watch >= 0 { directories[watch, default: []].insert(directory) }
    }

    /// Waits until there are events.
    /// - Parameters:
    ///   - stop: a file descriptor that becomes readable when waiting should end.
    ///   - milliseconds: how long to wait at most.
    /// - Returns: false when `stop` is readable.
    func wait(stop: Int32, milliseconds: Int32) -> Bool {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, milliseconds)
        return descriptors[1].revents == 0
    }

    /// Takes all events that are there, without waiting.
    mutating func events() -> [Event] {
        var events: [Event] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return events }
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                while offset + 16 <= count {
                    // struct inotify_event: wd, mask, cookie, len, then len bytes of name padded with zeros.
                    let watch = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                    let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                    let end = min(offset + 16 + length, count)
                    let name = bytes[(offset + 16)..<end].prefix { $0 != 0 }
                    events.append(Event(watch: watch, name: String(decoding: name, as: UTF8.self), mask: mask))
                    offset = end
                }
            }
            for event in events where event.has(Int32(IN_IGNORED)) { directories[event.watch] = nil }
        }
    }
}
