import HTTPSemantics
import Routing

/// Properties of the CORS filter for any Origin, Access-Control-Request-Method and -Headers, one a line.
package func checkCORS(_ bytes: UnsafeRawBufferPointer) throws {
    let lines = Array(bytes).split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    let origin = lines[0]
    let method = lines.count > 1 ? lines[1] : []
    let headers = lines.count > 2 ? lines[2] : []
    let policies = [
        CORSPolicy(allowOrigins: configuredOrigins, allowMethods: .list(["PUT"]), exposeHeaders: .list(["a", "b"])),
        CORSPolicy(allowOrigins: [.any], allowCredentials: true, allowMethods: .any, allowHeaders: .any),
        CORSPolicy(allowOrigins: [.any], allowMethods: .any, allowHeaders: .any),
    ]
    for policy in policies {
        let rule = RuleConfiguration(
            index: 0, matches: [RequestMatch()], filters: RuleFilters(cors: policy), action: .respond(status: 200))
        try withRule(rule) { rule in
            guard let cors = rule.pointee.extras?.pointee.filters.cors else { throw PropertyViolation("no filter") }
            try check(cors, policy, origin: origin, method: method, headers: headers)
        }
    }
}

private let configuredOrigins: [CORSPolicy.Origin] = [
    .origin(scheme: "https", host: "www.foo.com", isWildcard: false, port: 443),
    .origin(scheme: "http", host: "foo.com", isWildcard: false, port: 8080),
    .origin(scheme: "https", host: "bar.com", isWildcard: true, port: 443),
    .origin(scheme: "http", host: "", isWildcard: true, port: 81),
]

private func check(
    _ cors: UnsafePointer<CompiledCORS>, _ policy: CORSPolicy, origin: ArraySlice<UInt8>, method: ArraySlice<UInt8>,
    headers: ArraySlice<UInt8>
) throws {
    let fields = [
        ("origin", origin), ("access-control-request-method", method), ("access-control-request-headers", headers),
    ]
    try withRequest(.options, fields: fields) { request in
        guard let preflight = CORSPreflight(request) else { throw PropertyViolation("it is a preflight") }
        let isAllowed = cors.pointee.matches(origin: preflight.origin)
        if !policy.allowOrigins.contains(.any) {
            try require(isAllowed == referenceMatch(origin), "\(Array(origin)) is allowed: \(isAllowed)")
        }
        var names: [CORSField] = []
        var isClean = true
        let collect = { (field: CORSField, value: UnsafeRawBufferPointer) in
            names.append(field)
            isClean = isClean && !value.isEmpty && value.allSatisfy { $0 == 0x09 || 0x20..<0x7F ~= $0 }
        }
        let answered = cors.pointee.forEachPreflightField(preflight, collect)
        try require(answered == isAllowed && names.contains(.allowOrigin) == isAllowed, "preflight of another mind")
        try require(Set(names).count == names.count, "a field twice")
        names = []
        let mayRead = cors.pointee.forEachResponseField(origin: CompiledCORS.origin(of: request), collect)
        try require(mayRead == isAllowed && names.contains(.allowOrigin) == isAllowed, "response of another mind")
        try require(names.contains(.allowCredentials) == (isAllowed && policy.allowCredentials), "credentials")
        try require(isClean, "a value that would break a head apart")
    }
}

/// The match in the plainest code: take apart, compare.
private func referenceMatch(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 320, bytes.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return false }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    for scheme in ["http", "https"] where text.hasPrefix("\(scheme)://") {
        var host = text.dropFirst(scheme.count + 3)
        var port = scheme == "http" ? 80 : 443
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            let digits = host[colon...].dropFirst()
            guard 1...5 ~= digits.count, digits.allSatisfy(\.isNumber), let number = Int(digits) else { return false }
            port = number
            host = host[..<colon]
        }
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._~:[]%"
        guard !host.isEmpty, host.allSatisfy(allowed.contains), 1...65535 ~= port else { return false }
        switch (scheme, port) {
        case ("https", 443): return host == "www.foo.com" || host.hasSuffix(".bar.com") && host != ".bar.com"
        case ("http", 8080): return host == "foo.com"
        case ("http", 81): return true
        default: return false
        }
    }
    return false
}
