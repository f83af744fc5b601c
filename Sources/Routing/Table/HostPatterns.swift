/// The hostname patterns of one port while its table is built, numbered in the order of their appearance.
struct HostPatterns {
    struct Pattern {
        var pattern: HostnamePattern
        /// The listener that owns the pattern.
        var listener: Int
    }

    private(set) var patterns: [Pattern] = []
    private var numbers: [HostnamePattern: Int] = [:]

    // Listeners by their hostnames; wildcards by the name without `*.`.
    private var exactListeners: [Substring: Int] = [:]
    private var wildcardListeners: [Substring: Int] = [:]
    private var anyListener: Int?

    init(_ listeners: [ListenerConfiguration]) {
        // Hostnames are distinct on a port. If they were not, the first listener would win.
        for (index, listener) in listeners.enumerated().reversed() {
            switch listener.hostname {
            case .any: anyListener = index
            case .wildcard(let name): wildcardListeners[name.text[...]] = index
            case .exact(let name): exactListeners[name.text[...]] = index
            }
        }
    }

    /// The number of `pattern` of `listener`; nil when the pattern lies inside the hostname of a more specific
    /// listener, so that no request of this listener can be for it.
    mutating func add(_ pattern: HostnamePattern, listener: Int) -> Int? {
        if let number = numbers[pattern] { return patterns[number].listener == listener ? number : nil }
        guard owner(of: pattern) == listener else { return nil }
        numbers[pattern] = patterns.count
        patterns.append(Pattern(pattern: pattern, listener: listener))
        return patterns.count - 1
    }

    /// The listener with the most specific hostname that contains `pattern`.
    private func owner(of pattern: HostnamePattern) -> Int? {
        let name: Substring
        switch pattern {
        case .any: return anyListener
        case .exact(let exact):
            name = exact.text[...]
            if let listener = exactListeners[name] { return listener }
        case .wildcard(let parent):
            name = parent.text[...]
            if let listener = wildcardListeners[name] { return listener }
        }
        guard !wildcardListeners.isEmpty else { return anyListener }
        var rest = name
        while let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            if let listener = wildcardListeners[rest] { return listener }
        }
        return anyListener
    }
}
