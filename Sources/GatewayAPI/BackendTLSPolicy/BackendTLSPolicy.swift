package import KubernetesTypes

/// How a Gateway speaks TLS to a Service (GEP-1897).
package struct BackendTLSPolicy: KubernetesObject {
    package static let groupVersionKind = GroupVersionKind(
        group: gatewayAPIGroup, version: "v1", kind: "BackendTLSPolicy")
    package static let isNamespaced = true

    package var metadata: ObjectMeta
    package var spec: BackendTLSPolicySpec
    package var status: PolicyStatus

    package init(metadata: ObjectMeta, spec: BackendTLSPolicySpec, status: PolicyStatus = PolicyStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// `BackendTLSPolicy.spec`.
package struct BackendTLSPolicySpec: Sendable, Hashable {
    /// 1 to 16 Services of the policy's namespace, or ports of them.
    package var targetRefs: [LocalPolicyTargetReferenceWithSectionName]
    package var validation: BackendTLSPolicyValidation
    /// Implementation-specific, with domain-prefixed keys. At most 16.
    package var options: [String: String]

    package init(
        targetRefs: [LocalPolicyTargetReferenceWithSectionName], validation: BackendTLSPolicyValidation,
        options: [String: String] = [:]
    ) {
        self.targetRefs = targetRefs
        self.validation = validation
        self.options = options
    }
}
