import GatewayAPI
import KubernetesTypes

extension GatewayEvaluation {
    /// `status.listeners[].conditions` of one of the listeners.
    func conditions(of listener: ListenerEvaluation) -> [Condition] {
        var conditions = [accepted(listener), programmed(listener), resolvedRefs(listener)]
        if listener.isConflicted, let refusal = listener.refusal {
            conditions.append(condition(.conflicted, .true, refusal.reason, refusal.finding.text))
        }
        if !listener.overlaps.isEmpty {
            conditions.append(
                condition(
                    .overlappingTLSConfig, .true, .overlappingHostnames,
                    "The hostname overlaps with that of listener \(Wording.list(listener.overlaps)) on port "
                        + "\(listener.spec.port)."))
        }
        return conditions
    }

    private func accepted(_ listener: ListenerEvaluation) -> Condition {
        if let refusal = listener.refusal {
            return condition(.accepted, .false, refusal.reason, refusal.finding.text)
        }
        return condition(.accepted, .true, .accepted, "The listener is valid.")
    }

    private func programmed(_ listener: ListenerEvaluation) -> Condition {
        if let refusal = listener.refusal {
            let reason: ListenerConditionReason = listener.isConflicted ? refusal.reason : .invalid
            return condition(.programmed, .false, reason, refusal.finding.text)
        }
        if refusal != nil { return condition(.programmed, .false, .invalid, "The Gateway is not accepted.") }
        if let unserved = listener.unservedProtocol {
            return condition(.programmed, .false, .invalid, unserved.text)
        }
        if !hasUsableAddress { return condition(.programmed, .false, .invalid, "The Gateway has no usable address.") }
        return condition(
            .programmed, .true, .programmed, "Requests to port \(listener.spec.port) are served.")
    }

    private func resolvedRefs(_ listener: ListenerEvaluation) -> Condition {
        guard let first = listener.unresolved.first else {
            return condition(.resolvedRefs, .true, .resolvedRefs, "All references are resolved.")
        }
        let missingGrant = listener.unresolved.first { $0.reason == .refNotPermitted }
        return condition(
            .resolvedRefs, .false, (missingGrant ?? first).reason,
            listener.unresolved.map(\.finding.text).joined(separator: " "))
    }

    private func condition(
        _ type: ListenerConditionType, _ status: Condition.Status, _ reason: ListenerConditionReason, _ message: String
    ) -> Condition {
        Condition(type, status, reason, message: message, observedGeneration: observedGeneration)
    }
}
