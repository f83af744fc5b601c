import Foundation
import Glibc
import KubernetesTypes

/// Something that is kept in a file of its own.
protocol StateRecord: Sendable {
    /// - Throws: when the bytes are not such a record.
    init(stored bytes: [UInt8]) throws
    func stored() throws -> [UInt8]
}

enum StateJSON {
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }
}

/// Where certificates, keys and accounts outlive the process: a directory for its owner only.
///
///     certificates/NAMESPACE/SECRET.state      accounts/NAMESPACE/SECRET-SERVER.state      ca/ca.crt, ca/ca.key
///
/// A file appears completely or not at all (rename), and nobody else may read it (0600 in directories of 0700).
package struct StateDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    }

    /// Why the directory cannot be used: one sentence.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// What kinds of records there are.
    enum Kind: String {
        case certificates, accounts
    }

    enum Loaded<Record> {
        case missing
        case found(Record)
        /// It could not be read and was renamed; the sentence says to what.
        case setAside(String)
    }

    /// Makes the directory if need be, and sees whether it can be written.
    package func prepare() throws(Failure) {
        try makeDirectory(path)
        guard access(path, R_OK | W_OK | X_OK) == 0 else { throw failure("cannot be written", path) }
    }

    // MARK: Records

    func load<Record: StateRecord>(_ kind: Kind, _ name: ObjectKey) -> Loaded<Record> {
        guard let file = file(kind, name) else { return .missing }
        let bytes: [UInt8]
        do throws(Failure) {
            guard let found = try read(file) else { return .missing }
            bytes = found
        } catch {
            return .setAside(error.description)
        }
        if let record = try? Record(stored: bytes) { return .found(record) }
        let aside = "\(file).unreadable-\(time(nil))"
        return rename(file, aside) == 0
            ? .setAside("\(file) could not be read; it is kept as \(aside).")
            : .setAside("\(file) could not be read.")
    }

    func store(_ record: some StateRecord, _ kind: Kind, _ name: ObjectKey) throws(Failure) {
        guard let file = file(kind, name) else { throw Failure(description: "\(name) is no name for a file.") }
        let bytes: [UInt8]
        do {
            bytes = try record.stored()
        } catch {
            throw Failure(description: "\(file) could not be encoded.")
        }
        try write(bytes, to: file)
    }

    /// nil for names that would lead elsewhere; validated ones never do.
    private func file(_ kind: Kind, _ name: ObjectKey) -> String? {
        let parts = [name.namespace, name.name]
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") && !$0.contains("\0") }) else {
            return nil
        }
        return "\(path)/\(kind.rawValue)/\(name.namespace)/\(name.name).state"
    }

    // MARK: Files

    /// nil when there is none.
    package func read(_ file: String) throws(Failure) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot be read", file)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0, bytes.count < 4 * 1024 * 1024 else { throw failure("cannot be read", file) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// - Parameters:
    ///   - file: below `path`; directories between the two are made.
    ///   - isSecret: readable for the owner only.
    package func write(_ bytes: [UInt8], to file: String, isSecret: Bool = true) throws(Failure) {
        var directory = path
        try makeDirectory(directory)
        for part in file.dropFirst(path.count + 1).split(separator: "/").dropLast() {
            directory += "/\(part)"
            try makeDirectory(directory)
        }
        let temporary = "\(file).new-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure("cannot be written", temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure("cannot be written", temporary)
                close(descriptor)
                unlink(temporary)
                throw error
            }
            written += count
        }
        let isSafe = fsync(descriptor) == 0
        close(descriptor)
        guard isSafe, rename(temporary, file) == 0 else {
            let error = failure("cannot be written", file)
            unlink(temporary)
            throw error
        }
    }

    private func makeDirectory(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("cannot be made", path)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("cannot be made", path) }
    }

    private func failure(_ what: String, _ file: String) -> Failure {
        Failure(description: "\(file) \(what): \(String(cString: strerror(errno))).")
    }
}
