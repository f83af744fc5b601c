import HTTPSemantics

/// Translates the conditions of a match into plain data in an arena.
struct MatchCompiler {
    let arena: Arena
    /// The programs that the arena's data points to.
    private(set) var automata: [Automaton] = []

    init(arena: Arena) { self.arena = arena }

    /// nil for a match that no request can satisfy: a method that is none of the nine of the CRD, or a match of RPCs.
    mutating func compile(_ match: RequestMatch) -> CompiledMatch? {
        var methods = MethodSet.all
        if let name = match.method {
            guard let known = RequestMethod.allCases.first(where: { $0 != .other && $0.label == name }) else {
                return nil
            }
            methods = MethodSet(known)
        }
        let headers = compile(headers: match.headers)
        let parameters = compile(match.queryParameters.map { ($0.name, $0.value) })

        let kind: CompiledMatch.PathKind
        let key: UnsafeRawBufferPointer
        var program: UnsafePointer<AutomatonProgram>?
        switch match.path {
        case .exact(let path):
            kind = .exact
            key = arena.copy(PathKey.normalized(path))
        case .regularExpression(let expression):
            kind = .regularExpression
            key = arena.copy(expression.pattern)
            program = self.program(of: expression)
        case .prefix(let path):
            kind = .prefix
            key = arena.copy(PathKey.withoutTrailingSlash(PathKey.normalized(path)))
        case .rpc: return nil
        }
        return CompiledMatch(
            kind: kind, key: key, program: program, headers: headers, queryParameters: parameters, methods: methods)
    }

    /// Names ignore case.
    mutating func compile(headers: [HeaderMatch]) -> UnsafeBufferPointer<FieldCondition> {
        compile(headers.map { ($0.name.lowercased(), $0.value) })
    }

    /// The first condition on each name; later ones are ignored, as the fields' texts demand.
    private mutating func compile(
        _ conditions: [(name: String, value: ValueMatch)]
    ) -> UnsafeBufferPointer<FieldCondition> {
        var seen: Set<String> = []
        var result: [FieldCondition] = []
        for (name, value) in conditions where seen.insert(name).inserted {
            var condition = FieldCondition(
                name: arena.copy(name), value: UnsafeRawBufferPointer(start: nil, count: 0), expression: nil)
            switch value {
            case .exact(let text): condition.value = arena.copy(text)
            case .regularExpression(let expression): condition.expression = program(of: expression)
            }
            result.append(condition)
        }
        return result.isEmpty ? UnsafeBufferPointer(start: nil, count: 0) : arena.copy(result)
    }

    mutating func program(of expression: RegularExpression) -> UnsafePointer<AutomatonProgram> {
        automata.append(expression.automaton)
        return expression.automaton.programPointer
    }
}

/// A match, translated once for all listeners and hostnames that its route is attached to.
struct CompiledMatch: BitwiseCopyable {
    /// In order of precedence.
    enum PathKind: UInt8, BitwiseCopyable {
        case exact, regularExpression, prefix
    }

    var kind: PathKind
    /// The path, or the pattern.
    var key: UnsafeRawBufferPointer
    var program: UnsafePointer<AutomatonProgram>?
    var headers: UnsafeBufferPointer<FieldCondition>
    var queryParameters: UnsafeBufferPointer<FieldCondition>
    var methods: MethodSet

    /// Adds the conditions to a candidate.
    func complete(_ candidate: inout Candidate) {
        candidate.headers = headers
        candidate.queryParameters = queryParameters
        candidate.path = program
        candidate.methods = methods
    }

    /// Smaller comes first among matches on the same path: a method, then more headers, then more query parameters.
    var rank: UInt64 {
        let hasNoMethod: UInt64 = methods == .all ? 1 : 0
        let headers = UInt64(UInt16.max) - UInt64(min(headers.count, Int(UInt16.max)))
        let parameters = UInt64(UInt16.max) - UInt64(min(queryParameters.count, Int(UInt16.max)))
        return hasNoMethod << 32 | headers << 16 | parameters
    }
}
