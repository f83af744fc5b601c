package import HTTPSemantics

/// A preflight request: OPTIONS with Origin and Access-Control-Request-Method (Fetch section 3.3.2).
///
/// The pointers are those of the request's view.
package struct CORSPreflight: BitwiseCopyable {
    /// The value of Origin; empty, which is no origin, when there are several.
    package var origin: UnsafeRawBufferPointer
    /// The value of Access-Control-Request-Method; empty when there are several.
    package var requestMethod: UnsafeRawBufferPointer
    /// The value of Access-Control-Request-Headers; empty without it and when there are several.
    package var requestHeaders: UnsafeRawBufferPointer

    /// nil for a request that is no preflight.
    package init?(_ request: RequestView) {
        guard case .options = request.method, let origin = request.singleValue(named: "origin"),
            let method = request.singleValue(named: "access-control-request-method")
        else { return nil }
        self.origin = origin
        requestMethod = method
        requestHeaders =
            request.singleValue(named: "access-control-request-headers")
            ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Whether the request that is to follow is one of gRPC-Web: all clients send `X-Grpc-Web` with it, and pages need a
    /// preflight for that.
    var announcesGRPCWeb: Bool {
        let name = UnsafeRawBufferPointer("x-grpc-web" as StaticString)
        guard requestHeaders.count >= name.count else { return false }
        return requestHeaders.split(separator: UInt8(ascii: ",")).contains { entry in
            var entry = entry
            while let first = entry.first, first == UInt8(ascii: " ") { entry = entry.dropFirst() }
            while let last = entry.last, last == UInt8(ascii: " ") { entry = entry.dropLast() }
            return ASCII.equals(UnsafeRawBufferPointer(rebasing: entry), lowercase: name)
        }
    }
}

extension RoutingMatcher {
    /// The rule that answers a preflight: the one for the request that is to follow, if that has the CORS filter, else
    /// the one for OPTIONS.
    ///
    /// Conditions on header fields hold if the preflight itself has them; it does not have those of the request that
    /// is to follow.
    package func match(port: Int, preflight: CORSPreflight, request: RequestView) -> MatchOutcome {
        var following = request
        following.method = RequestMethod(bytes: preflight.requestMethod)
        if preflight.announcesGRPCWeb, self.port(port).pointee.hasGRPC {
            var outcome = match(self.port(port), rpc: .web, request: following)
            // The preflight itself is no call.
            outcome.rpc = .none
            if outcome.rule?.pointee.extras?.pointee.filters.cors != nil { return outcome }
        }
        let outcome = match(port: port, request: following)
        if outcome.rule?.pointee.extras?.pointee.filters.cors != nil { return outcome }
        return match(port: port, request: request)
    }
}
