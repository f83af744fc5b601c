package import CertManager
package import KubernetesTypes

/// Where matters stand: what is there to serve, and what there is to say.
package struct CertificateReport: Sendable {
    /// What was issued, as a cluster would have it. By namespace and name.
    package var secrets: [Secret] = []
    /// What is wrong with what was asked for, and with the last attempts.
    package var findings: [CertificateFinding] = []
    /// By namespace and name.
    package var certificates: [CertificateStatus] = []
    /// ClusterIssuers first.
    package var issuers: [IssuerStatus] = []

    package init() {}
}

/// `Certificate.status`, and what it is about.
package struct CertificateStatus: Sendable, Hashable {
    package var key: ObjectKey
    /// The Certificate itself, or the Gateway or ListenerSet whose annotations ask for it.
    package var origin: ObjectKey
    package var secret: ObjectKey
    package var issuer: ObjectKey
    /// DNS names, addresses and URIs.
    package var names: [String]
    /// `Ready`, and `Issuing` while something is done or has failed.
    package var conditions: [Condition]
    /// Of the certificate that is served.
    package var notBefore: Timestamp?
    package var notAfter: Timestamp?
    package var renewalTime: Timestamp?
    /// In a row.
    package var failedIssuanceAttempts: Int
    package var lastFailureTime: Timestamp?
    /// When the next attempt will be made, after a failure.
    package var nextAttemptTime: Timestamp?
    /// Since the process began.
    package var totalFailures: UInt64

    package var ready: Condition? { conditions.first { $0.type == CertManagerConditionType.ready } }
    package var issuing: Condition? { conditions.first { $0.type == CertManagerConditionType.issuing } }
}

/// `Issuer.status`.
package struct IssuerStatus: Sendable, Hashable {
    package var key: ObjectKey
    package var conditions: [Condition]
}

/// Conditions with the times at which they changed.
struct ConditionTimes {
    private var published: [ObjectKey: [Condition]] = [:]

    /// - Returns: the same, a condition whose status is the one published before with the time of then.
    mutating func publish(_ conditions: [Condition], of key: ObjectKey, now: Timestamp) -> [Condition] {
        let before = published[key] ?? []
        let dated = conditions.map { condition in
            var condition = condition
            let same = before.first { $0.type == condition.type && $0.status == condition.status }
            condition.lastTransitionTime = same?.lastTransitionTime ?? now
            return condition
        }
        published[key] = dated
        return dated
    }

    mutating func retain(_ keys: Set<ObjectKey>) {
        published = published.filter { keys.contains($0.key) }
    }
}
