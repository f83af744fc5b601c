import KubernetesTypes

/// `Issuer.spec.acme`: a server that speaks RFC 8555.
package struct ACMEIssuer: Sendable, Hashable {
    /// The URL of its directory.
    package var server: String
    /// The contact of the account.
    package var email: String?
    /// Names the account: Weir keeps its key under this name in the state directory.
    package var privateKeySecretName: String
    /// PEM certificates that the server is verified with instead of the system's.
    package var caBundle: [UInt8]?
    package var skipTLSVerify: Bool
    /// The common name of the root that the chain should lead to, where the server offers several.
    package var preferredChain: String?
    package var externalAccountBinding: ACMEExternalAccountBinding?
    package var solvers: [ACMESolver]

    package init(
        server: String, email: String? = nil, privateKeySecretName: String, caBundle: [UInt8]? = nil,
        skipTLSVerify: Bool = false, preferredChain: String? = nil,
        externalAccountBinding: ACMEExternalAccountBinding? = nil, solvers: [ACMESolver] = []
    ) {
        self.server = server
        self.email = email
        self.privateKeySecretName = privateKeySecretName
        self.caBundle = caBundle
        self.skipTLSVerify = skipTLSVerify
        self.preferredChain = preferredChain
        self.externalAccountBinding = externalAccountBinding
        self.solvers = solvers
    }
}

/// `Issuer.spec.acme.externalAccountBinding` (RFC 8555 section 7.3.4).
package struct ACMEExternalAccountBinding: Sendable, Hashable {
    package var keyID: String
    /// The Secret with the MAC key, base64url encoded as CAs hand it out.
    package var keySecretName: String
    package var keySecretKey: String

    package init(keyID: String, keySecretName: String, keySecretKey: String) {
        self.keyID = keyID
        self.keySecretName = keySecretName
        self.keySecretKey = keySecretKey
    }
}

/// `Issuer.spec.acme.solvers[]`: how control over names is proven.
package struct ACMESolver: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Any form of it: the gateway answers by itself, whatever object a cluster would need for that.
        case http01
        case dns01
        /// Nothing that cert-manager knows.
        case none
    }

    package var kind: Kind
    package var selector: ACMESolverSelector

    package init(kind: Kind, selector: ACMESolverSelector = ACMESolverSelector()) {
        self.kind = kind
        self.selector = selector
    }
}

/// `Issuer.spec.acme.solvers[].selector`; empty lists match everything.
package struct ACMESolverSelector: Sendable, Hashable {
    package var matchLabels: [String: String]
    package var dnsNames: [String]
    package var dnsZones: [String]

    package init(matchLabels: [String: String] = [:], dnsNames: [String] = [], dnsZones: [String] = []) {
        self.matchLabels = matchLabels
        self.dnsNames = dnsNames
        self.dnsZones = dnsZones
    }

    /// How well it fits: nil when it does not, else the most specific of exact name, longest zone and labels, in this
    /// order (cert-manager, "Solver selection").
    package func rank(_ dnsName: String, labels: [String: String]) -> (name: Int, zone: Int, labels: Int)? {
        guard matchLabels.allSatisfy({ labels[$0.key] == $0.value }) else { return nil }
        if dnsNames.isEmpty, dnsZones.isEmpty { return (0, 0, matchLabels.count) }
        let zone = dnsZones.filter { dnsName == $0 || dnsName.hasSuffix("." + $0) }.map(\.utf8.count).max() ?? 0
        let name = dnsNames.contains(dnsName) ? 1 : 0
        guard dnsNames.isEmpty || name == 1, dnsZones.isEmpty || zone > 0 else { return nil }
        return (name, zone, matchLabels.count)
    }
}

extension ACMEIssuer {
    /// The solver for a name of a Certificate with these labels; nil when none fits. Without any solver HTTP-01 is
    /// used: cert-manager would do nothing at all.
    package func solver(for dnsName: String, labels: [String: String]) -> ACMESolver? {
        if solvers.isEmpty { return ACMESolver(kind: .http01) }
        var best: (solver: ACMESolver, rank: (name: Int, zone: Int, labels: Int))?
        for solver in solvers {
            guard let rank = solver.selector.rank(dnsName, labels: labels) else { continue }
            if let best, best.rank >= rank { continue }
            best = (solver, rank)
        }
        return best?.solver
    }
}
