import Crypto
import Foundation
import KubernetesTypes

/// Speaks RFC 8555 with one server for one account: directory, nonces, signed requests.
actor ACMEClient {
    /// The MAC key that a CA has given out (section 7.3.4).
    struct Binding: Sendable {
        var keyID: String
        var key: SecretBytes
    }

    /// A server that refuses good nonces for ever has something else.
    private static let nonceAttempts = 16

    private let server: String
    private let trust: ACMETrust
    private let transport: any ACMETransport
    let key: ACMEAccountKey
    private var account: String?
    private var directory: ACMEResource.Directory?
    private var nonces: [String] = []

    /// - Parameters:
    ///   - server: the URL of the directory.
    ///   - account: its URL, when the key is known to the server.
    init(server: String, trust: ACMETrust, transport: any ACMETransport, key: ACMEAccountKey, account: String?) {
        self.server = server
        self.trust = trust
        self.transport = transport
        self.key = key
        self.account = account
    }

    // MARK: Account

    /// Makes the account, or finds it: the same key is the same account.
    /// - Parameter known: its URL, when only the contacts are to be changed.
    /// - Returns: its URL.
    func register(
        contacts: [String], known: String?, binding: Binding?
    ) async throws(ACMEError) -> String {
        struct Contacts: Encodable {
            var contact: [String]
        }
        if let known {
            account = known
            _ = try await post(known, Contacts(contact: contacts))
            return known
        }
        struct NewAccount: Encodable {
            var termsOfServiceAgreed = true
            var contact: [String]
            var externalAccountBinding: JWS?
        }
        let directory = try await loadedDirectory()
        if directory.meta?.externalAccountRequired == true, binding == nil {
            throw .unsolvable("The ACME server wants an externalAccountBinding, and the issuer has none.")
        }
        var message = NewAccount(contact: contacts)
        if let binding { message.externalAccountBinding = try bind(binding, url: directory.newAccount) }
        account = nil
        let response = try await post(directory.newAccount, message)
        guard let url = response["location"] else { throw .malformed("the account has no Location") }
        account = url
        return url
    }

    private func bind(_ binding: Binding, url: String) throws(ACMEError) -> JWS {
        struct Header: Encodable {
            var alg = "HS256"
            var kid: String
            var url: String
        }
        let header = try Self.encoded(Header(kid: binding.keyID, url: url))
        let payload = Base64URL.encode(key.publicJWK.utf8)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(header).\(payload)".utf8), using: SymmetricKey(data: binding.key.bytes))
        return JWS(protected: header, payload: payload, signature: Base64URL.encode(code))
    }

    func newOrder(
        _ identifiers: [ACMEResource.Identifier]
    ) async throws(ACMEError) -> (
        url: String, order: ACMEResource.Order
    ) {
        struct NewOrder: Encodable {
            var identifiers: [ACMEResource.Identifier]
        }
        let response = try await post(try await loadedDirectory().newOrder, NewOrder(identifiers: identifiers))
        guard let url = response["location"] else { throw .malformed("the order has no Location") }
        return (url, try Self.decoded(ACMEResource.Order.self, response))
    }

    // MARK: Requests

    /// POST-as-GET (section 6.3).
    func fetch<Resource: Decodable>(
        _ type: Resource.Type, _ url: String
    ) async throws(ACMEError) -> (resource: Resource, retryAfter: String?) {
        let response = try await post(url, payload: "")
        return (try Self.decoded(type, response), response["retry-after"])
    }

    /// The chain in PEM, and the URLs of others (section 7.4.2).
    func download(_ url: String) async throws(ACMEError) -> (chain: [UInt8], alternates: [String]) {
        let response = try await post(url, payload: "", accept: "application/pem-certificate-chain")
        let alternates = response.all("link").flatMap { $0.split(separator: ",") }.compactMap { link -> String? in
            guard link.contains("rel=\"alternate\""), let start = link.firstIndex(of: "<"),
                let end = link.firstIndex(of: ">"), start < end
            else { return nil }
            return String(link[link.index(after: start)..<end])
        }
        return (response.body, alternates)
    }

    func post(_ url: String, _ message: some Encodable) async throws(ACMEError) -> ACMEResponse {
        try await post(url, payload: try Self.encoded(message))
    }

    private func post(
        _ url: String, payload: String, accept: String? = nil
    ) async throws(ACMEError) -> ACMEResponse {
        var last: ACMEProblem?
        for _ in 0..<Self.nonceAttempts {
            let nonce = try await nonce()
            let body = try Self.json(try sign(payload, url: url, nonce: nonce))
            let response = try await send(ACMERequest(method: .post, url: url, body: body, accept: accept))
            if response.status < 300 { return response }
            let problem = Self.problem(response)
            guard problem.type == "badNonce" else { throw .problem(problem) }
            last = problem
        }
        throw .problem(last ?? ACMEProblem(type: "badNonce", detail: ""))
    }

    private func send(_ request: ACMERequest) async throws(ACMEError) -> ACMEResponse {
        if Task.isCancelled { throw .cancelled }
        let response = try await transport.send(request, trust: trust)
        if let nonce = response["replay-nonce"], nonces.count < 8 { nonces.append(nonce) }
        return response
    }

    /// Used once each (section 6.5). The newest: servers forget old ones.
    private func nonce() async throws(ACMEError) -> String {
        if let nonce = nonces.popLast() { return nonce }
        let response = try await send(
            ACMERequest(method: .head, url: try await loadedDirectory().newNonce))
        guard response.status < 300 else { throw .problem(Self.problem(response)) }
        guard let nonce = nonces.popLast() else { throw .malformed("newNonce gives no nonce") }
        return nonce
    }

    private func loadedDirectory() async throws(ACMEError) -> ACMEResource.Directory {
        if let directory { return directory }
        let response = try await send(ACMERequest(method: .get, url: server))
        guard response.status == 200 else { throw .problem(Self.problem(response)) }
        let loaded = try Self.decoded(ACMEResource.Directory.self, response)
        directory = loaded
        return loaded
    }

    // MARK: Signing (section 6.2)

    struct JWS: Encodable {
        var protected: String
        var payload: String
        var signature: String
    }

    private func sign(_ payload: String, url: String, nonce: String) throws(ACMEError) -> JWS {
        struct Header: Encodable {
            var alg = "ES256"
            var kid: String?
            var nonce: String
            var url: String
        }
        var header = try Self.json(Header(kid: account, nonce: nonce, url: url))
        if account == nil {
            // The key itself, before it has a name.
            header.removeLast()
            header += Array(#","jwk":\#(key.publicJWK)}"#.utf8)
        }
        let protected = Base64URL.encode(header)
        guard let signature = try? key.sign("\(protected).\(payload)") else {
            throw .unsolvable("The account key cannot sign.")
        }
        return JWS(protected: protected, payload: payload, signature: signature)
    }

    // MARK: JSON

    private static func json(_ value: some Encodable) throws(ACMEError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw .malformed("a message cannot be encoded") }
        return [UInt8](data)
    }

    private static func encoded(_ value: some Encodable) throws(ACMEError) -> String {
        Base64URL.encode(try json(value))
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, _ response: ACMEResponse
    ) throws(ACMEError) -> Value {
        guard let value = try? JSONDecoder().decode(type, from: Data(response.body)) else {
            throw .malformed("an answer is not the JSON object that is expected")
        }
        return value
    }

    private static func problem(_ response: ACMEResponse) -> ACMEProblem {
        let retryAfter = response["retry-after"]
        if let problem = try? JSONDecoder().decode(ACMEResource.Problem.self, from: Data(response.body)) {
            return problem.problem(status: response.status, retryAfter: retryAfter)
        }
        return ACMEProblem(
            status: response.status, type: "about:blank", detail: "status \(response.status)", retryAfter: retryAfter)
    }
}
