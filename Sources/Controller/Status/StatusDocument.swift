import CertManager
import Foundation
package import GatewayAPI
package import Issuance
import KubernetesTypes
package import Reconciler

/// What `/status` shows: every object of ours with its conditions, as `kubectl get -o json` would show its status.
package struct StatusDocument: Sendable, Hashable {
    package var gatewayClasses: [ObjectStatus<GatewayClassStatus>] = []
    package var gateways: [ObjectStatus<GatewayStatus>] = []
    package var listenerSets: [ObjectStatus<ListenerSetStatus>] = []
    package var httpRoutes: [ObjectStatus<RouteStatus>] = []
    package var grpcRoutes: [ObjectStatus<RouteStatus>] = []
    package var tlsRoutes: [ObjectStatus<RouteStatus>] = []
    package var tcpRoutes: [ObjectStatus<RouteStatus>] = []
    package var udpRoutes: [ObjectStatus<RouteStatus>] = []
    package var backendTLSPolicies: [ObjectStatus<PolicyStatus>] = []
    package var xBackendTrafficPolicies: [ObjectStatus<PolicyStatus>] = []
    package var xBackends: [ObjectStatus<XBackendStatus>] = []

    /// `cert-manager.io` kinds, which no `Statuses` has: they change without a change of manifests.
    package var certificates: [CertificateStatus] = []
    package var issuers: [IssuerStatus] = []

    package init() {}

    /// - Parameter problems: one line each; see `ServingReport.problems`.
    package func json(version: String, generation: UInt64, problems: [String]) throws -> [UInt8] {
        let page = Page(
            version: version, generation: generation, problems: problems,
            gatewayClasses: gatewayClasses.map { entry in
                Page.Class(
                    name: entry.key.name, conditions: entry.status.conditions.map(Page.Condition.init),
                    supportedFeatures: entry.status.supportedFeatures.map(\.name))
            },
            gateways: gateways.map(Page.Gateway.init), listenerSets: listenerSets.map(Page.Set.init),
            httpRoutes: httpRoutes.map(Page.Route.init), grpcRoutes: grpcRoutes.map(Page.Route.init),
            tlsRoutes: tlsRoutes.map(Page.Route.init), tcpRoutes: tcpRoutes.map(Page.Route.init),
            udpRoutes: udpRoutes.map(Page.Route.init),
            backendTLSPolicies: backendTLSPolicies.map(Page.Policy.init),
            xBackendTrafficPolicies: xBackendTrafficPolicies.map(Page.Policy.init),
            xBackends: xBackends.map(Page.XBackend.init),
            certificates: certificates.map(Page.Certificate.init),
            issuers: issuers.filter { !$0.key.namespace.isEmpty }.map(Page.Issuer.init),
            clusterIssuers: issuers.filter { $0.key.namespace.isEmpty }.map(Page.Issuer.init))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(page)) + [UInt8(ascii: "\n")]
    }
}

/// The JSON form.
private struct Page: Encodable {
    var version: String
    var generation: UInt64
    var problems: [String]
    var gatewayClasses: [Class]
    var gateways: [Gateway]
    var listenerSets: [Set]
    var httpRoutes: [Route]
    var grpcRoutes: [Route]
    var tlsRoutes: [Route]
    var tcpRoutes: [Route]
    var udpRoutes: [Route]
    var backendTLSPolicies: [Policy]
    var xBackendTrafficPolicies: [Policy]
    var xBackends: [XBackend]
    var certificates: [Certificate]
    var issuers: [Issuer]
    var clusterIssuers: [Issuer]

    struct Condition: Encodable {
        var type: String
        var status: String
        var reason: String
        var message: String
        var observedGeneration: Int64?
        var lastTransitionTime: String

        init(_ condition: KubernetesTypes.Condition) {
            type = condition.type
            status = condition.status.rawValue
            reason = condition.reason
            message = condition.message
            observedGeneration = condition.observedGeneration
            lastTransitionTime = "\(condition.lastTransitionTime)"
        }
    }

    struct Class: Encodable {
        var name: String
        var conditions: [Condition]
        var supportedFeatures: [String]
    }

    struct Address: Encodable {
        var type: String
        var value: String
    }

    struct Listener: Encodable {
        var name: String
        var attachedRoutes: Int32
        var supportedKinds: [Kind]
        var conditions: [Condition]

        init(_ listener: ListenerStatus) {
            name = listener.name
            attachedRoutes = listener.attachedRoutes
            supportedKinds = listener.supportedKinds.map { Kind(group: $0.group, kind: $0.kind) }
            conditions = listener.conditions.map(Condition.init)
        }
    }

    struct Kind: Encodable {
        var group: String
        var kind: String
    }

    struct Gateway: Encodable {
        var namespace: String
        var name: String
        var addresses: [Address]
        var conditions: [Condition]
        var listeners: [Listener]
        var attachedListenerSets: Int32?

        init(_ entry: ObjectStatus<GatewayStatus>) {
            namespace = entry.key.namespace
            name = entry.key.name
            addresses = entry.status.addresses.map { Address(type: $0.type.rawValue, value: $0.value) }
            conditions = entry.status.conditions.map(Condition.init)
            listeners = entry.status.listeners.map(Listener.init)
            attachedListenerSets = entry.status.attachedListenerSets
        }
    }

    struct Set: Encodable {
        var namespace: String
        var name: String
        var conditions: [Condition]
        var listeners: [Listener]

        init(_ entry: ObjectStatus<ListenerSetStatus>) {
            namespace = entry.key.namespace
            name = entry.key.name
            conditions = entry.status.conditions.map(Condition.init)
            listeners = entry.status.listeners.map(Listener.init)
        }
    }

    struct ParentReference: Encodable {
        var group: String
        var kind: String
        var namespace: String?
        var name: String
        var sectionName: String?
        var port: UInt16?

        init(_ reference: GatewayAPI.ParentReference) {
            group = reference.group
            kind = reference.kind
            namespace = reference.namespace
            name = reference.name
            sectionName = reference.sectionName
            port = reference.port
        }
    }

    struct Parent: Encodable {
        var parentRef: ParentReference
        var controllerName: String
        var conditions: [Condition]
    }

    struct Route: Encodable {
        var namespace: String
        var name: String
        var parents: [Parent]

        init(_ entry: ObjectStatus<RouteStatus>) {
            namespace = entry.key.namespace
            name = entry.key.name
            parents = entry.status.parents.map { parent in
                Parent(
                    parentRef: ParentReference(parent.parentRef), controllerName: parent.controllerName,
                    conditions: parent.conditions.map(Condition.init))
            }
        }
    }

    struct Ancestor: Encodable {
        var ancestorRef: ParentReference
        var controllerName: String
        var conditions: [Condition]
    }

    struct Policy: Encodable {
        var namespace: String
        var name: String
        var ancestors: [Ancestor]

        init(_ entry: ObjectStatus<PolicyStatus>) {
            namespace = entry.key.namespace
            name = entry.key.name
            ancestors = entry.status.ancestors.map { ancestor in
                Ancestor(
                    ancestorRef: ParentReference(ancestor.ancestorRef), controllerName: ancestor.controllerName,
                    conditions: ancestor.conditions.map(Condition.init))
            }
        }
    }

    struct Certificate: Encodable {
        var namespace: String
        var name: String
        /// The Gateway or ListenerSet whose annotations ask for it.
        var requestedBy: String?
        var secretName: String
        var issuer: String
        var names: [String]
        var conditions: [Condition]
        var notBefore: String?
        var notAfter: String?
        var renewalTime: String?
        var failedIssuanceAttempts: Int?
        var lastFailureTime: String?
        var nextAttemptTime: String?

        init(_ status: CertificateStatus) {
            namespace = status.key.namespace
            name = status.key.name
            requestedBy = status.origin == status.key ? nil : "\(status.origin)"
            secretName = status.secret.name
            issuer = "\(status.issuer)"
            names = status.names
            conditions = status.conditions.map(Condition.init)
            notBefore = status.notBefore.map(\.description)
            notAfter = status.notAfter.map(\.description)
            renewalTime = status.renewalTime.map(\.description)
            failedIssuanceAttempts = status.failedIssuanceAttempts == 0 ? nil : status.failedIssuanceAttempts
            lastFailureTime = status.lastFailureTime.map(\.description)
            nextAttemptTime = status.nextAttemptTime.map(\.description)
        }
    }

    struct Issuer: Encodable {
        var namespace: String?
        var name: String
        var conditions: [Condition]

        init(_ status: IssuerStatus) {
            namespace = status.key.namespace.isEmpty ? nil : status.key.namespace
            name = status.key.name
            conditions = status.conditions.map(Condition.init)
        }
    }

    struct XBackend: Encodable {
        var namespace: String
        var name: String
        var parents: [Parent]

        init(_ entry: ObjectStatus<XBackendStatus>) {
            namespace = entry.key.namespace
            name = entry.key.name
            parents = entry.status.parents.map { parent in
                Parent(
                    parentRef: ParentReference(parent.parentRef), controllerName: parent.controllerName,
                    conditions: parent.conditions.map(Condition.init))
            }
        }
    }
}
