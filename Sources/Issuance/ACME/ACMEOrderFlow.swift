import CertManager
import Certificates
import Crypto
import Foundation
import KubernetesTypes
import Logging
import Routing
import SwiftASN1
import X509

/// One certificate from an ACME server: order, proofs, signature, download (RFC 8555 section 7.4).
struct ACMEOrderFlow: Sendable {
    let client: ACMEClient
    let issuer: ACMEIssuer
    let planned: PlannedCertificate
    let key: PrivateKey
    let clock: any CertificateClock
    let board: ACMEChallengeBoard
    let logger: Logger

    /// How long a server may take for each of its steps.
    private static let patience: Int64 = 300

    /// - Returns: the chain in PEM.
    func run() async throws(ACMEError) -> String {
        let spec = planned.request.spec
        let identifiers =
            planned.acmeNames.map { ACMEResource.Identifier(type: "dns", value: $0) }
            + spec.ipAddresses.map { ACMEResource.Identifier(type: "ip", value: $0) }
        var (url, order) = try await client.newOrder(identifiers)
        for authorization in order.authorizations { try await prove(authorization) }
        if order.status == "pending" || order.status == "ready" {
            order = try await poll(url, until: { $0.status != "pending" })
            if order.status == "ready" {
                struct Finalize: Encodable {
                    var csr: String
                }
                _ = try await client.post(order.finalize, Finalize(csr: try request(spec)))
                order = try await poll(url, until: { !["ready", "processing"].contains($0.status) })
            }
        }
        guard order.status == "valid", let certificate = order.certificate else {
            throw .problem(
                order.error?.problem() ?? ACMEProblem(type: "orderInvalid", detail: "the order is \(order.status)"))
        }
        return try await chain(certificate)
    }

    private func poll(
        _ url: String, until isDone: (ACMEResource.Order) -> Bool
    ) async throws(ACMEError) -> ACMEResource.Order {
        var pause = PollingPause(clock: clock, patience: Self.patience)
        while true {
            let (order, retryAfter) = try await client.fetch(ACMEResource.Order.self, url)
            if isDone(order) { return order }
            try await pause.wait(retryAfter, for: "The ACME server did not finish the order in time")
        }
    }

    // MARK: Proofs (section 7.5.1)

    private func prove(_ url: String) async throws(ACMEError) {
        let authorization = try await client.fetch(ACMEResource.Authorization.self, url).resource
        guard authorization.status == "pending" else {
            if authorization.status == "valid" { return }
            throw refusal(of: authorization)
        }
        let (challenge, answer) = try await choose(authorization)
        logger.debug(
            "ACME challenge", metadata: ["name": "\(authorization.identifier.value)", "type": "\(challenge.type)"])
        if let obstacle = await board.present(answer) {
            await board.withdraw(answer)
            throw .unsolvable(obstacle)
        }
        do throws(ACMEError) {
            struct Ready: Encodable {}
            _ = try await client.post(challenge.url, Ready())
            try await awaitVerdict(url)
        } catch {
            await board.withdraw(answer)
            throw error
        }
        await board.withdraw(answer)
    }

    private func awaitVerdict(_ url: String) async throws(ACMEError) {
        var pause = PollingPause(clock: clock, patience: Self.patience)
        while true {
            let (authorization, retryAfter) = try await client.fetch(ACMEResource.Authorization.self, url)
            switch authorization.status {
            case "valid": return
            case "pending", "processing":
                try await pause.wait(
                    retryAfter, for: "The ACME server did not look at \(authorization.identifier.value) in time")
            default: throw refusal(of: authorization)
            }
        }
    }

    private func refusal(of authorization: ACMEResource.Authorization) -> ACMEError {
        let name = authorization.identifier.value
        let problem = authorization.challenges.compactMap(\.error).first?.problem()
        return .problem(
            ACMEProblem(
                type: problem?.type ?? "unauthorized",
                detail: "\(name): \(problem?.sentence ?? "the authorization is \(authorization.status)")"))
    }

    private func choose(
        _ authorization: ACMEResource.Authorization
    ) async throws(ACMEError) -> (ACMEResource.Challenge, ACMEChallengeAnswer) {
        let (kinds, obstacle) = await board.possibleKinds()
        let name = authorization.identifier.value
        for kind in kinds {
            guard let challenge = authorization.challenges.first(where: { $0.type == kind.rawValue }),
                let token = challenge.token, Self.isToken(token)
            else { continue }
            let proof = client.key.keyAuthorization(token)
            switch kind {
            case .http01: return (challenge, .http(host: name, token: token, keyAuthorization: proof))
            case .tlsALPN01:
                guard authorization.identifier.type == "dns",
                    let certificate = try? ACMEChallengeCertificate.make(name, proof: proof, now: clock.now)
                else { continue }
                return (challenge, .tls(serverName: name, certificate: certificate))
            }
        }
        throw .unsolvable(
            obstacle
                ?? "The ACME server offers no challenge for \(name) that the gateway can answer (http-01, tls-alpn-01)."
        )
    }

    /// base64url (RFC 8555 section 8.3); it becomes part of a path.
    private static func isToken(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    // MARK: The certificate

    /// DER in base64url: what the order is to become (RFC 2986).
    private func request(_ spec: CertificateSpec) throws(ACMEError) -> String {
        var spec = spec
        spec.dnsNames = planned.acmeNames
        do {
            let contents = try CertificateContents(spec)
            let extensions = ExtensionRequest(extensions: try .init(contents.requestedExtensions()))
            let attribute = try CertificateSigningRequest.Attribute(extensions)
            let request = try CertificateSigningRequest(
                version: .v1, subject: contents.subject, privateKey: key.key,
                attributes: .init([attribute]), signatureAlgorithm: key.signatureAlgorithm)
            var serializer = DER.Serializer()
            try serializer.serialize(request)
            return Base64URL.encode(serializer.serializedBytes)
        } catch {
            throw .unsolvable("The request cannot be made: \(error).")
        }
    }

    /// The chain that leads to `preferredChain` where the server has one, else the first.
    private func chain(_ url: String) async throws(ACMEError) -> String {
        let (first, alternates) = try await client.download(url)
        guard let preferred = issuer.preferredChain else { return String(decoding: first, as: UTF8.self) }
        if Self.leads(first, to: preferred) { return String(decoding: first, as: UTF8.self) }
        for alternate in alternates.prefix(8) {
            let other = try await client.download(alternate).chain
            if Self.leads(other, to: preferred) { return String(decoding: other, as: UTF8.self) }
        }
        return String(decoding: first, as: UTF8.self)
    }

    private static func leads(_ chain: [UInt8], to name: String) -> Bool {
        guard let block = try? PEMBlocks.read(chain).last(where: { $0.label == "CERTIFICATE" }),
            let certificate = try? X509.Certificate(derEncoded: block.bytes)
        else { return false }
        return certificate.issuer.contains { part in
            part.contains { $0.type == .RDNAttributeType.commonName && "\($0.value)" == name }
        }
    }
}

/// Pauses between questions: as the server wishes, else longer and longer.
private struct PollingPause {
    let clock: any CertificateClock
    let deadline: Timestamp
    private var next: Int64 = 1

    init(clock: any CertificateClock, patience: Int64) {
        self.clock = clock
        deadline = Timestamp(secondsSince1970: clock.now.secondsSince1970 + patience)
    }

    mutating func wait(_ retryAfter: String?, for what: String) async throws(ACMEError) {
        let now = clock.now
        guard now < deadline else { throw .timedOut(what) }
        let wish = retryAfter.flatMap { RetryAfter.moment($0, now: now) }
        let usual = Timestamp(secondsSince1970: now.secondsSince1970 + next)
        next = min(next * 2, 15)
        do {
            try await clock.sleep(until: min(max(wish ?? usual, now), deadline))
        } catch {
            throw .cancelled
        }
    }
}
