#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Finds manifests and tells which ones changed since the last look.
struct FileScanner {
    /// What happened to a file.
    enum Change {
        case contents(FileContents)
        case removed
    }

    /// Enough to notice that a path shows another file or other contents.
    private struct Signature: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modified: Int64
        var changed: Int64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = nanoseconds(status.st_mtim)
            changed = nanoseconds(status.st_ctim)
        }
    }

    private struct KnownFile {
        /// nil when the file could not be read.
        var signature: Signature?
        /// Whether the file changed so shortly before it was read that a further change may leave no trace in the
        /// coarse time stamps of the file system.
        var isRacy = false
        /// nil when the file could not be read.
        var contentHash: Int?
        var unreadableReason: String?
    }

    /// Where events must be watched for; called before a directory is listed, so that nothing is missed in between.
    typealias Watch = (_ directory: String) -> Void

    private let paths: [String]
    private let maximalBytes = DocumentLimits().bytes
    private var known: [String: KnownFile] = [:]
    /// Of the current scan.
    private var seen: Set<String> = []
    private var unreadableDirectories: [String] = []
    private var visitedDirectories: Set<[UInt64]> = []
    private var changes: [(file: String, change: Change)] = []

    /// - Parameter paths: files, and directories with everything below them. Of directories the files ending in
    ///   `.yaml`, `.yml` or `.json` are taken; names that begin with a dot are passed over.
    init(paths: [String]) {
        self.paths = paths.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// - Parameter isBeingWritten: whether someone is known to write to the file; such a file keeps its state.
    mutating func scan(
        watch: Watch, isBeingWritten: (_ path: String) -> Bool
    ) -> [(file: String, change: Change)] {
        seen = []
        unreadableDirectories = []
        visitedDirectories = []
        changes = []
        for path in paths { visitRoot(path, watch: watch, isBeingWritten: isBeingWritten) }
        for file in known.keys.sorted() where !seen.contains(file) {
            // What is below a directory that cannot be listed now may still be there.
            if unreadableDirectories.contains(where: { file.hasPrefix($0 + "/") }) { continue }
            known[file] = nil
            changes.append((file, .removed))
        }
        return changes
    }

    private mutating func visitRoot(_ path: String, watch: Watch, isBeingWritten: (String) -> Bool) {
        watchParents(of: path, watch: watch)
        var status = stat()
        guard stat(path, &status) == 0 else { return markMissing(path) }
        if status.isDirectory {
            visitDirectory(path, status: status, depth: 0, watch: watch, isBeingWritten: isBeingWritten)
        } else {
            visitFile(path, status: status, watch: watch, isBeingWritten: isBeingWritten)
        }
    }

    private mutating func visitDirectory(
        _ path: String, status: stat, depth: Int, watch: Watch, isBeingWritten: (String) -> Bool
    ) {
        // Symbolic links can lead in a circle.
        guard depth < 32, visitedDirectories.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
        else { return }
        watch(path)
        guard let entries = Self.list(path) else {
            unreadableDirectories.append(path)
            return markUnreadable(path, systemErrorMessage())
        }
        for (name, mayBeLink) in entries where !name.hasPrefix(".") {
            let child = path == "/" ? "/\(name)" : "\(path)/\(name)"
            var status = stat()
            let isManifest = [".yaml", ".yml", ".json"].contains(where: name.hasSuffix)
            guard stat(child, &status) == 0 else {
                if isManifest { markMissing(child) }
                continue
            }
            if status.isDirectory {
                visitDirectory(child, status: status, depth: depth + 1, watch: watch, isBeingWritten: isBeingWritten)
            } else if isManifest, status.isRegularFile {
                visitFile(
                    child, status: status, mayBeLink: mayBeLink, watch: watch, isBeingWritten: isBeingWritten)
            }
        }
    }

    /// - Parameter mayBeLink: false when it is known that the path is no symbolic link, which saves a look at it.
    private mutating func visitFile(
        _ path: String, status: stat, mayBeLink: Bool = true, watch: Watch, isBeingWritten: (String) -> Bool
    ) {
        guard seen.insert(path).inserted else { return }
        if mayBeLink { watchTarget(of: path, watch: watch) }
        let signature = Signature(status)
        if let file = known[path] {
            // A pipe can be read only once.
            if !status.isRegularFile { return }
            if file.signature == signature, !file.isRacy { return }
        }
        if isBeingWritten(path) { return }
        guard status.st_size <= maximalBytes else {
            return markUnreadable(path, "it is larger than \(maximalBytes >> 20) MiB")
        }
        guard let bytes = Self.read(path, atMost: maximalBytes) else {
            return markUnreadable(path, systemErrorMessage())
        }
        // File systems stamp times with the granularity of a timer tick, 10 ms at most.
        let isRacy = Self.now() - max(signature.modified, signature.changed) < 20_000_000
        let file = KnownFile(signature: signature, isRacy: isRacy, contentHash: bytes.hashValue)
        let isUnchanged = known[path].map { $0.contentHash == file.contentHash } ?? false
        known[path] = file
        if !isUnchanged { changes.append((path, .contents(.bytes(bytes)))) }
    }

    /// A path without a file behind it: what was there is gone, unless `errno` says that one cannot look.
    private mutating func markMissing(_ path: String) {
        let code = errno
        if code == ENOENT, let file = known[path], file.unreadableReason == nil { changes.append((path, .removed)) }
        markUnreadable(path, systemErrorMessage(code))
    }

    private mutating func markUnreadable(_ path: String, _ reason: String) {
        seen.insert(path)
        guard known[path]?.unreadableReason != reason else { return }
        known[path] = KnownFile(unreadableReason: reason)
        changes.append((path, .contents(.unreadable(reason))))
    }
}

// MARK: What to watch

extension FileScanner {
    /// A path can change by what happens in the directory around it; if that does not exist, in the one around that.
    private func watchParents(of path: String, watch: Watch) {
        var directory = Self.parent(of: path)
        watchTarget(of: path, watch: watch)
        while access(directory, F_OK) != 0, directory != "/", directory != "." {
            directory = Self.parent(of: directory)
        }
        watch(directory)
    }

    /// A symbolic link changes also by what happens around its target.
    private func watchTarget(of path: String, watch: Watch) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let target = realpath(path, nil)
        else { return }
        defer { free(target) }
        watch(Self.parent(of: String(cString: target)))
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

// MARK: System calls

extension FileScanner {
    /// What is in a directory, sorted by name; nil with `errno` when it cannot be listed.
    private static func list(_ path: String) -> [(name: String, mayBeLink: Bool)]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var entries: [(name: String, mayBeLink: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            // File systems that do not tell say "unknown".
            let type = Int32(entry.pointee.d_type)
            entries.append((name, type != Int32(DT_REG) && type != Int32(DT_DIR)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// The contents of a file, one byte more than allowed at most; nil with `errno` when it cannot be read.
    static func read(_ path: String, atMost limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor, atMost: limit)
    }

    static func read(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= limit {
            let count = buffer.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }
}

private func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension stat {
    fileprivate var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }

    fileprivate var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}
