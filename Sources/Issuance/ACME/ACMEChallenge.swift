package import Routing

/// Ways of proving control over a name that the gateway has.
package enum ACMEChallengeKind: String, Sendable, Hashable {
    /// RFC 8555 section 8.3.
    case http01 = "http-01"
    /// RFC 8737.
    case tlsALPN01 = "tls-alpn-01"
}

/// What the gateway is to answer with while an ACME server looks.
package enum ACMEChallengeAnswer: Sendable, Hashable {
    /// `GET http://host/.well-known/acme-challenge/token`.
    case http(host: String, token: String, keyAuthorization: String)
    /// A handshake for the server name that offers `acme-tls/1` gets this certificate.
    case tls(serverName: String, certificate: CertificateKeyPair)
}

/// The gateway, as far as ACME needs it.
package protocol ACMEChallengeResponder: Sendable {
    /// How control over any name can be proven as things are, the best first. Empty: a sentence says why not.
    func possibleKinds() async -> (kinds: [ACMEChallengeKind], obstacle: String?)
    /// Answers exactly these from now on; returns when it does.
    /// - Returns: why it cannot.
    func answer(_ answers: [ACMEChallengeAnswer]) async -> String?
}
