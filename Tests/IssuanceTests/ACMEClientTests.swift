import Foundation
import KubernetesTypes
import Synchronization
import Testing

@testable import Issuance

/// A server that answers as a test says, and notes what it is asked.
private final class ScriptedServer: ACMETransport {
    struct State {
        var requests: [ACMERequest] = []
        var nonces = 0
        var answer: (@Sendable (ACMERequest, Int) -> ACMEResponse)?
    }

    private let state = Mutex(State())

    init(_ answer: @escaping @Sendable (ACMERequest, Int) -> ACMEResponse) {
        state.withLock { $0.answer = answer }
    }

    var requests: [ACMERequest] { state.withLock(\.requests) }

    func send(_ request: ACMERequest, trust: ACMETrust) async throws(ACMEError) -> ACMEResponse {
        let (answer, count, nonce) = state.withLock { state in
            state.requests.append(request)
            state.nonces += 1
            return (state.answer, state.requests.count { $0.method == .post }, state.nonces)
        }
        var response: ACMEResponse
        switch request.url {
        case "https://acme.test/dir":
            response = ACMEResponse(
                status: 200, body: Array(#"{"newNonce":"n","newAccount":"a","newOrder":"o"}"#.utf8))
        case "n": response = ACMEResponse(status: 200)
        default: response = answer?(request, count) ?? ACMEResponse(status: 500)
        }
        response.fields.append(("replay-nonce", "nonce-\(nonce)"))
        return response
    }

    func shutdown() async {}
}

extension ACMERequest {
    /// A part of the JWS, decoded.
    fileprivate func part(_ name: String) throws -> [String: Any] {
        let message = try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: String])
        let text = try #require(message[name])
        let bytes = try #require(Base64URL.decode(text))
        return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}

@Suite struct ACMEClientTests {
    private func client(_ server: ScriptedServer, account: String? = "account-1") -> ACMEClient {
        ACMEClient(
            server: "https://acme.test/dir", trust: ACMETrust(authorities: nil, isUnverified: false),
            transport: server, key: ACMEAccountKey(), account: account)
    }

    private static func problem(_ type: String, _ detail: String = "no", status: UInt = 400) -> ACMEResponse {
        ACMEResponse(
            status: status,
            body: Array(#"{"type":"urn:ietf:params:acme:error:\#(type)","detail":"\#(detail)"}"#.utf8))
    }

    @Test func `an account is made with the key, and named afterwards`() async throws {
        let server = ScriptedServer { request, _ in
            ACMEResponse(
                status: 201, fields: [("location", "account-7")],
                body: request.url == "a"
                    ? [] : Array(#"{"status":"pending","authorizations":[],"finalize":"f"}"#.utf8))
        }
        let client = client(server, account: nil)
        #expect(try await client.register(contacts: ["mailto:a@b.c"], known: nil, binding: nil) == "account-7")
        _ = try await client.newOrder([.init(type: "dns", value: "shop.example.com")])
        let posts = server.requests.filter { $0.method == .post }
        let first = try posts[0].part("protected")
        #expect(first["alg"] as? String == "ES256" && first["kid"] == nil && first["url"] as? String == "a")
        #expect((first["jwk"] as? [String: String])?["crv"] == "P-256")
        #expect(try posts[0].part("payload")["termsOfServiceAgreed"] as? Bool == true)
        let second = try posts[1].part("protected")
        #expect(second["kid"] as? String == "account-7" && second["jwk"] == nil)
        #expect(first["nonce"] as? String != second["nonce"] as? String)
    }

    @Test func `a refused nonce is replaced`() async throws {
        let server = ScriptedServer { _, count in
            count < 4
                ? Self.problem("badNonce")
                : ACMEResponse(
                    status: 200,
                    body: Array(#"{"identifier":{"type":"dns","value":"x"},"status":"valid","challenges":[]}"#.utf8))
        }
        let answer = try await client(server).fetch(ACMEResource.Authorization.self, "authz")
        #expect(answer.resource.status == "valid")
        let nonces = try server.requests.filter { $0.method == .post }.map {
            try $0.part("protected")["nonce"] as? String
        }
        #expect(nonces.count == 4 && Set(nonces).count == 4)
    }

    @Test func `a server that refuses every nonce is given up`() async {
        let server = ScriptedServer { _, _ in Self.problem("badNonce") }
        await #expect(throws: ACMEError.self) {
            _ = try await client(server).fetch(ACMEResource.Order.self, "order")
        }
        #expect(server.requests.count < 40)
    }

    @Test(
        arguments: [
            ("rateLimited", 429, IssuanceFailure.Kind.refused), ("rejectedIdentifier", 400, .refused),
            ("serverInternal", 500, .temporary), ("unavailable", 503, .temporary),
        ] as [(String, UInt, IssuanceFailure.Kind)])
    func `what a server says decides when to ask again`(
        type: String, status: UInt, kind: IssuanceFailure.Kind
    ) async throws {
        let server = ScriptedServer { _, _ in
            var response = Self.problem(type, "too much", status: status)
            response.fields.append(("retry-after", "3600"))
            return response
        }
        let now = Timestamp(secondsSince1970: 1_000_000)
        do throws(ACMEError) {
            _ = try await client(server).newOrder([])
            Issue.record("the order was taken")
        } catch {
            let failure = error.failure(at: now)
            #expect(failure.kind == kind)
            #expect(failure.message == "The ACME server says: too much (\(type))")
            #expect(failure.retryAfter == Timestamp(secondsSince1970: 1_003_600))
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"status":1}"#])
    func `an answer that is none is told`(body: String) async {
        let server = ScriptedServer { _, _ in ACMEResponse(status: 200, body: Array(body.utf8)) }
        await #expect(throws: ACMEError.self) {
            _ = try await client(server).fetch(ACMEResource.Order.self, "order")
        }
    }

    @Test func `a long answer of several lines becomes a short one`() {
        let problem = ACMEProblem(
            type: "malformed", detail: String(repeating: "a\n\u{1B}[31m", count: 500), subproblems: ["b"])
        #expect(
            problem.sentence.count < 700 && !problem.sentence.contains("\n") && !problem.sentence.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            ("120", 1_000_120), ("Tue, 13 Jan 1970 00:00:00 GMT", 1_036_800), ("soon", nil), ("-1", nil),
            ("Tue, 99 Jan 1970 00:00:00 GMT", nil),
        ] as [(String, Int64?)])
    func `Retry-After is a number of seconds or a date`(text: String, moment: Int64?) {
        let now = Timestamp(secondsSince1970: 1_000_000)
        #expect(RetryAfter.moment(text, now: now)?.secondsSince1970 == moment)
    }

    /// The key of RFC 7515, appendix A.3, whose thumbprint RFC 8555 needs.
    @Test func `a key authorization has the thumbprint of the key`() throws {
        let pem = """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49
            AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b
            focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
            -----END EC PRIVATE KEY-----

            """
        let key = try ACMEAccountKey(pem: SecretBytes(Array(pem.utf8)))
        #expect(key.publicJWK.contains(#""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU""#))
        #expect(key.keyAuthorization("token") == "token.oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
    }
}
