import Routing

extension ExplainedExchange {
    /// What the CORS filter says, by its compiled form.
    mutating func describeCORS(_ policy: UnsafePointer<CompiledCORS>, isPreflight: Bool) {
        var fields: [ExplainRequest.Field] = []
        func append(_ field: CORSField, _ value: UnsafeRawBufferPointer) {
            fields.append(
                ExplainRequest.Field(name: "\(field.name)", value: String(decoding: value, as: UTF8.self)))
        }
        let (origin, isAllowed) = received.withView { view -> (String?, Bool) in
            if isPreflight, let preflight = CORSPreflight(view) {
                return (
                    String(decoding: preflight.origin, as: UTF8.self),
                    policy.pointee.forEachPreflightField(preflight, append)
                )
            }
            let origin = CompiledCORS.origin(of: view)
            return (
                origin.map { String(decoding: $0, as: UTF8.self) },
                policy.pointee.forEachResponseField(origin: origin, append)
            )
        }
        explanation.cors = Explanation.CORS(
            isPreflight: isPreflight, origin: origin, isAllowed: isAllowed, responseHeaders: fields)
        guard isPreflight else { return }
        explanation.verdict =
            isAllowed
            ? Explanation.Verdict(
                outcome: .answered, reason: .preflight, status: 204,
                message: "The gateway answers the preflight: the origin is allowed.")
            : Explanation.Verdict(
                outcome: .refused, reason: .originNotAllowed, status: 403,
                message: "The gateway answers the preflight: the origin is not allowed.")
    }
}
