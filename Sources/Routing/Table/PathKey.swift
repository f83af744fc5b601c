import HTTPSemantics

/// Configured paths in the form in which requests' paths are compared with them.
enum PathKey {
    /// Normalised like a request's path, since that is what it is compared with: `/%7Euser` means `/~user`. A path that
    /// has no normal form stays as it is and equals no request's path.
    static func normalized(_ path: String) -> String {
        var bytes = Array(path.utf8)
        let length = bytes.withUnsafeMutableBytes { PathNormalization.normalize($0) }
        guard let length, length < bytes.count else { return path }
        return String(decoding: bytes[..<length], as: UTF8.self)
    }

    /// `/foo` for `/foo/`, the empty string for `/`.
    static func withoutTrailingSlash(_ path: String) -> String {
        var path = path[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
