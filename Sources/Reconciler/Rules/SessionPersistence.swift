import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `sessionPersistence` of a rule and of the policies on its backends (GEP-1619).
enum SessionPersistenceTranslation {
    /// Gives every backend its session: the rule's own, else that of the policy on the backend.
    ///
    /// - Parameter path: of the rule.
    static func apply(
        _ persistence: SessionPersistence?, to backends: inout [WeightedBackend], _ scope: SessionScope,
        matches: [RequestMatch], _ policies: PolicyIndex, at path: FieldPath, _ findings: inout RuleFindings
    ) {
        if let persistence {
            let path = path.field("sessionPersistence")
            if let problem = problem(of: persistence, at: path) {
                findings.problems.append(RuleProblem(reason: .unsupportedValue, finding: problem, failsClosed: false))
                return
            }
            let session = configuration(persistence, scope, cookiePath: SessionCookiePath.path(of: matches))
            for index in backends.indices where backends[index].destination != .invalid {
                backends[index].session = session
            }
        } else {
            apply(policies, to: &backends, scope, at: path.field("backendRefs"), &findings)
        }
    }

    private static func apply(
        _ policies: PolicyIndex, to backends: inout [WeightedBackend], _ scope: SessionScope, at path: FieldPath,
        _ findings: inout RuleFindings
    ) {
        if policies.isEmpty { return }
        var named: [String: BackendTarget] = [:]
        for index in backends.indices {
            guard case .backend(let id) = backends[index].destination,
                let persistence = policies.traffic(for: BackendTarget(id))?.session
            else { continue }
            backends[index].session = configuration(persistence, scope, cookiePath: nil)
            guard let name = persistence.explicitName else { continue }
            if let other = named[name], other != BackendTarget(id) {
                findings.notes.append(
                    Finding(
                        .sessionNameShared, path.index(index),
                        "\(other) and \(BackendTarget(id)) have policies with one session name, \(name): a client has "
                            + "one session for both.",
                        help: "Give each policy its own sessionName, or none."))
            }
            named[name] = BackendTarget(id)
        }
    }

    /// - Parameter persistence: without a problem.
    private static func configuration(
        _ persistence: SessionPersistence, _ scope: SessionScope, cookiePath: String?
    ) -> SessionConfiguration {
        let carrier: SessionConfiguration.Carrier =
            persistence.type == .header
            ? .header
            : .cookie(path: cookiePath, isPermanent: persistence.cookieConfig?.lifetimeType == .permanent)
        return SessionConfiguration(
            name: persistence.explicitName ?? scope.generatedName, carrier: carrier,
            absoluteTimeout: persistence.effectiveTimeout?.duration, scope: scope.text)
    }

    /// Why sessions cannot be kept in this way; nil when they can.
    static func problem(of persistence: SessionPersistence, at path: FieldPath) -> Finding? {
        if case .unrecognized(let type) = persistence.type {
            return Finding(
                .sessionType, path.field("type"), "Sessions cannot be kept by \(type).", help: "Write Cookie or Header."
            )
        }
        if let name = persistence.explicitName, let finding = problem(ofName: name, persistence.type, at: path) {
            return finding
        }
        guard persistence.type == .cookie, let cookie = persistence.cookieConfig else { return nil }
        let lifetime = path.field("cookieConfig").field("lifetimeType")
        switch cookie.lifetimeType {
        case .session: return nil
        case .permanent:
            if persistence.effectiveTimeout != nil { return nil }
            return Finding(
                .permanentSessionWithoutTimeout, lifetime, "A permanent cookie needs to know how long it is kept.",
                help: "Set absoluteTimeout, or use lifetimeType: Session.")
        case .unrecognized(let type):
            return Finding(
                .sessionType, lifetime, "A cookie cannot live for a \(type).", help: "Write Session or Permanent.")
        }
    }

    private static func problem(
        ofName name: String, _ type: SessionPersistenceType, at path: FieldPath
    ) -> Finding? {
        let path = path.field("sessionName")
        guard HeaderModifier.isValid(name: name), name.utf8.count <= 128 else {
            return Finding(
                .sessionName, path, "\"\(name)\" cannot be the name of a \(type == .header ? "header" : "cookie").",
                help: "Write at most 128 letters, digits and hyphens, or leave it out.")
        }
        if type == .header, !HeaderModifier.isModifiable(name: name) || reservedFields.contains(name.lowercased()) {
            return Finding(
                .sessionName, path, "The header \(name) has a meaning of its own and cannot carry a session.",
                help: "Write a name such as X-Session.")
        }
        return nil
    }

    /// Fields that mean something to clients and servers, so that a token in them would do harm.
    private static let reservedFields: Set<String> = [
        "authorization", "content-encoding", "content-range", "content-type", "cookie", "date", "expect", "location",
        "proxy-authorization", "range", "set-cookie", "vary",
    ]
}

extension SessionPersistence {
    /// An empty name is none.
    var explicitName: String? { sessionName.flatMap { $0.isEmpty ? nil : $0 } }

    /// Zero is no limit.
    fileprivate var effectiveTimeout: GatewayDuration? { absoluteTimeout.flatMap { $0.isZero ? nil : $0 } }
}
