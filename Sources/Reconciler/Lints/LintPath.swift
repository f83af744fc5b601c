import Routing

/// Paths as the data plane compares them.
enum LintPath {
    /// `/foo` for `/foo/`, nothing for `/`: slashes at the end of a prefix mean nothing.
    static func withoutTrailingSlash(_ path: String) -> String {
        var path = path[...]
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    /// Whether a prefix match takes the path, element by element.
    static func prefix(_ prefix: String, takes path: String) -> Bool {
        let prefix = withoutTrailingSlash(prefix)
        return path.hasPrefix(prefix) && (path.count == prefix.count || path.dropFirst(prefix.count).first == "/")
    }
}

extension PathMatch {
    /// Whether requests for the path match; nil when an expression decides.
    func takes(_ path: String) -> Bool? {
        switch self {
        case .exact(let own): own == path
        case .prefix(let prefix): LintPath.prefix(prefix, takes: path)
        case .regularExpression: nil
        case .rpc: false
        }
    }
}
