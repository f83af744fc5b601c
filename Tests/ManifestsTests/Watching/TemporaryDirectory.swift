import Glibc
import Testing

/// A directory that is deleted with everything in it at the end of a test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/weir-manifests-XXXXXX".utf8CString)
        let created: String? = mkdtemp(&template).map { String(cString: $0) }
        path = try #require(created)
    }

    deinit {
        Self.deleteAll(path)
    }

    private static func deleteAll(_ path: String) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { deleteAll("\(path)/\(name)") }
            }
            closedir(directory)
        }
        remove(path)
    }

    func url(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes in place, as a careless editor does.
    func write(_ name: String, _ text: String) {
        let file = fopen(url(name), "w")
        fputs(text, file)
        fclose(file)
    }

    /// Writes to another file and renames it, as careful editors do.
    func replace(_ name: String, _ text: String) {
        write(".\(name).tmp", text)
        rename(url(".\(name).tmp"), url(name))
    }

    func makeDirectory(_ name: String) { mkdir(url(name), 0o755) }

    func link(_ name: String, to target: String) { symlink(target, url(name)) }

    func move(_ name: String, to other: String) { rename(url(name), url(other)) }

    func delete(_ name: String) { remove(url(name)) }
}
