import CertManager
import KubernetesTypes

/// An account with an ACME server that issuers share which name the same Secret.
struct ACMEAccountEntry {
    /// The issuer's `accountPart`; another one makes past failures meaningless.
    var issuer: ACMEIssuer
    var record: ACMEAccountRecord
    var client: ACMEClient
    var retry = RetryState()
    var isRegistering = false

    /// - Parameter record: from the state directory.
    init(_ issuer: ACMEIssuer, record: ACMEAccountRecord?, transport: any ACMETransport) throws {
        self.issuer = issuer
        let key = try record.map { try ACMEAccountKey(pem: $0.privateKey) } ?? ACMEAccountKey()
        let known = record ?? ACMEAccountRecord(server: issuer.server, privateKey: key.pem, url: nil, contacts: [])
        self.record = known
        client = ACMEClient(
            server: issuer.server, trust: issuer.trust, transport: transport, key: key, account: known.url)
    }

    /// The server knows the account as it is to be.
    var isRegistered: Bool { record.url != nil && record.contacts == issuer.contacts }
}

extension ACMEIssuer {
    /// What decides about the account, without the rest.
    var accountPart: ACMEIssuer {
        var part = self
        (part.solvers, part.preferredChain) = ([], nil)
        return part
    }

    var contacts: [String] { email.map { ["mailto:\($0)"] } ?? [] }

    var trust: ACMETrust { ACMETrust(authorities: caBundle, isUnverified: skipTLSVerify) }
}
