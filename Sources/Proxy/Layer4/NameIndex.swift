import Routing

/// Finds what belongs to the most specific of several hostname patterns that takes a name: an exact one before a
/// wildcard, a longer wildcard before a shorter one, `any` last.
struct NameIndex<Value> {
    // By name in lower case; wildcards without `*.`.
    private var exact: [Substring: Value] = [:]
    private var wildcards: [Substring: Value] = [:]
    private var any: Value?

    init() {}

    /// Where a pattern occurs more than once the first one stays.
    mutating func add(_ value: Value, for pattern: HostnamePattern) {
        switch pattern {
        case .any:
            if any == nil { any = value }
        case .exact(let name):
            if exact[name.text[...]] == nil { exact[name.text[...]] = value }
        case .wildcard(let name):
            if wildcards[name.text[...]] == nil { wildcards[name.text[...]] = value }
        }
    }

    /// - Parameter name: in lower case without trailing dot; nil when the client did not give one.
    func find(_ name: String?) -> Value? {
        guard let name else { return any }
        if let value = exact[name[...]] { return value }
        if !wildcards.isEmpty {
            var rest = name[...]
            while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
                // A wildcard stands for at least one label, and a label is never empty.
                let label = rest.utf8[..<dot]
                rest = rest[rest.utf8.index(after: dot)...]
                if !label.isEmpty, let value = wildcards[rest] { return value }
            }
        }
        return any
    }
}
