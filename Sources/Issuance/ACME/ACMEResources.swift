/// The JSON objects of RFC 8555 section 7.1, as far as they are read. Lists and texts come from the server: bounded by the
/// size of a response.
enum ACMEResource {
    struct Directory: Decodable, Sendable {
        struct Meta: Decodable, Sendable {
            var externalAccountRequired: Bool?
        }

        var newNonce: String
        var newAccount: String
        var newOrder: String
        var meta: Meta?
    }

    struct Identifier: Codable, Sendable, Hashable {
        /// `dns`, or `ip` (RFC 8738).
        var type: String
        var value: String
    }

    struct Order: Decodable, Sendable {
        var status: String
        var authorizations: [String]
        var finalize: String
        var certificate: String?
        var error: Problem?
    }

    struct Authorization: Decodable, Sendable {
        var identifier: Identifier
        var status: String
        var challenges: [Challenge]
    }

    struct Challenge: Decodable, Sendable {
        var type: String
        var url: String
        var status: String
        var token: String?
        var error: Problem?
    }

    struct Problem: Decodable, Sendable {
        struct Sub: Decodable, Sendable {
            var detail: String?
            var identifier: Identifier?
        }

        var type: String?
        var detail: String?
        var subproblems: [Sub]?

        func problem(status: UInt = 0, retryAfter: String? = nil) -> ACMEProblem {
            ACMEProblem(
                status: status, type: (type ?? "about:blank").replacing("urn:ietf:params:acme:error:", with: ""),
                detail: detail ?? "",
                subproblems: (subproblems ?? []).map { sub in
                    (sub.identifier.map { "\($0.value): " } ?? "") + (sub.detail ?? "")
                }, retryAfter: retryAfter)
        }
    }
}
