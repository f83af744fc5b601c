import CertManager
import KubernetesTypes

/// An account with an ACME server that issuers share which name the same Secret.
struct ACMEAccountEntry {
    /// Of the issuer; another one makes past failures meaningless.
    var issuer: ACMEIssuer
    var record: ACMEAccountRecord
    var client: ACMEClient
    var retry = RetryState()
    var isRegistering = false

    /// - Parameter record: from the state directory; an account of another server lends its key.
    init(_ issuer: ACMEIssuer, record: ACMEAccountRecord?, transport: any ACMETransport) throws {
        self.issuer = issuer
        let key = try record.map { try ACMEAccountKey(pem: $0.privateKey) } ?? ACMEAccountKey()
        var known = record ?? ACMEAccountRecord(server: issuer.server, privateKey: key.pem, url: nil, contacts: [])
        if known.server != issuer.server { (known.server, known.url) = (issuer.server, nil) }
        self.record = known
        client = ACMEClient(
            server: issuer.server, trust: issuer.trust, transport: transport, key: key, account: known.url)
    }

    /// The server knows the account as it is to be.
    var isRegistered: Bool { record.url != nil && record.contacts == issuer.contacts }
}

extension ACMEIssuer {
    var contacts: [String] { email.map { ["mailto:\($0)"] } ?? [] }

    var trust: ACMETrust { ACMETrust(authorities: caBundle, isUnverified: skipTLSVerify) }
}
