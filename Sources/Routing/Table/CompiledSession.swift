package import HTTPSemantics

/// A session persistence as the proxy carries it out.
package struct CompiledSession: BitwiseCopyable {
    /// Of the cookie, as configured, or of the field, in lower case.
    var name: UnsafeRawBufferPointer
    var isCookie: Bool
    /// Some bits of the hash of the session's scope.
    var scope: UInt32
    /// In seconds; 0 for none.
    package var absoluteTimeout: UInt32
    /// As HTTP/1 writes it: `Set-Cookie`, or the configured name.
    package var fieldName: UnsafeRawBufferPointer
    /// In front of the tokens: `name=`, or nothing.
    var valuePrefix: UnsafeRawBufferPointer
    /// Behind them: `; Path=/; HttpOnly; SameSite=Strict` and so on, or nothing.
    var attributes: UnsafeRawBufferPointer

    /// What the request brings for this session. The own token says which endpoint it wants: compare
    /// `SessionHash.endpoint` of the candidates with it, after `isCurrent`.
    package func tokens(of request: RequestView) -> SessionTokens {
        var tokens = SessionTokens(scope: scope)
        if isCookie {
            request.forEachValue(named: "cookie") { line in
                CookiePairs.forEachValue(of: name, in: line) { tokens.read($0) }
            }
        } else {
            request.forEachValue(named: name) { tokens.read($0) }
        }
        return tokens
    }

    /// Whether the session of `token` still lasts. One that begins in the future does not, but for what clocks of
    /// replicas may differ.
    ///
    /// - Parameter now: seconds since 1970.
    package func isCurrent(_ token: SessionToken, now: UInt32) -> Bool {
        if absoluteTimeout == 0 { return true }
        if token.issuedAt > now { return token.issuedAt - now <= Self.clockTolerance }
        return now - token.issuedAt < absoluteTimeout
    }

    private static let clockTolerance: UInt32 = 60

    /// The token of a session that begins now.
    ///
    /// - Parameters:
    ///   - endpoint: `SessionHash.endpoint`.
    ///   - now: seconds since 1970.
    package func newToken(endpoint: UInt64, now: UInt32) -> SessionToken {
        SessionToken(scope: scope, endpoint: endpoint, issuedAt: now)
    }

    /// The value of the response field `fieldName` for a session that begins.
    ///
    /// - Parameters:
    ///   - tokens: what the request brought; those of other sessions are kept.
    ///   - isTLS: whether the client's side is; then a cookie is for TLS only.
    package func withFieldValue(
        token: SessionToken, keeping tokens: SessionTokens, isTLS: Bool, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        let secure: StaticString = isCookie && isTLS ? "; Secure" : ""
        let capacity =
            valuePrefix.count + SessionTokens.maximumTextLength + attributes.count + secure.utf8CodeUnitCount
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return }
            var end = start
            func append(_ bytes: UnsafeRawBufferPointer) {
                if let source = bytes.baseAddress { end.copyMemory(from: source, byteCount: bytes.count) }
                end += bytes.count
            }
            append(valuePrefix)
            end += tokens.write(first: token, to: end)
            append(attributes)
            append(UnsafeRawBufferPointer(secure))
            body(UnsafeRawBufferPointer(start: start, count: end - start))
        }
    }

    /// The same as a line of HTTP/1, `Name: value\r\n`, in pieces.
    package func writeLine(
        token: SessionToken, keeping tokens: SessionTokens, isTLS: Bool, _ write: (UnsafeRawBufferPointer) -> Void
    ) {
        write(fieldName)
        write(UnsafeRawBufferPointer(": "))
        withFieldValue(token: token, keeping: tokens, isTLS: isTLS, write)
        write(UnsafeRawBufferPointer("\r\n"))
    }
}
