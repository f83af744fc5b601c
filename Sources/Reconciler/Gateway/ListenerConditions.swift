import GatewayAPI
import KubernetesTypes

extension GatewayEvaluation {
    /// `status.listeners[].conditions` of one of the listeners, in the status of the Gateway or ListenerSet.
    func conditions(of listener: ListenerEvaluation) -> [Condition] {
        var conditions = [accepted(listener), programmed(listener), resolvedRefs(listener)]
        if listener.isConflicted, let refusal = listener.refusal {
            conditions.append(condition(listener, .conflicted, .true, refusal.reason, refusal.finding.text))
        }
        if let overlap = overlappingTLSConfig(listener) { conditions.append(overlap) }
        return conditions
    }

    private func accepted(_ listener: ListenerEvaluation) -> Condition {
        if let refusal = listener.refusal {
            return condition(listener, .accepted, .false, refusal.reason, refusal.finding.text)
        }
        return condition(listener, .accepted, .true, .accepted, "The listener is valid.")
    }

    private func programmed(_ listener: ListenerEvaluation) -> Condition {
        if let refusal = listener.refusal {
            let reason: ListenerConditionReason = listener.isConflicted ? refusal.reason : .invalid
            return condition(listener, .programmed, .false, reason, refusal.finding.text)
        }
        if refusal != nil { return condition(listener, .programmed, .false, .invalid, "The Gateway is not accepted.") }
        if let set = listener.listenerSet {
            if listenerSets[set].refusal != nil {
                return condition(
                    listener, .programmed, .false, .invalid, "The Gateway does not admit the ListenerSet.")
            }
            if !isAccepted {
                return condition(listener, .programmed, .false, .invalid, "The Gateway is not accepted.")
            }
        }
        if listener.lacksCertificate {
            return condition(listener, .programmed, .false, .invalid, "There is no certificate that can be used.")
        }
        if addresses.bound.isEmpty {
            return condition(listener, .programmed, .false, .invalid, "The Gateway has no usable address.")
        }
        return condition(
            listener, .programmed, .true, .programmed, "Requests to port \(listener.spec.port) are served.")
    }

    private func resolvedRefs(_ listener: ListenerEvaluation) -> Condition {
        guard let first = listener.unresolved.first else {
            return condition(listener, .resolvedRefs, .true, .resolvedRefs, "All references are resolved.")
        }
        let missingGrant = listener.unresolved.first { $0.reason == .refNotPermitted }
        return condition(
            listener, .resolvedRefs, .false, (missingGrant ?? first).reason,
            listener.unresolved.map(\.finding.text).joined(separator: " "))
    }

    /// Overlapping certificates outrank overlapping hostnames.
    private func overlappingTLSConfig(_ listener: ListenerEvaluation) -> Condition? {
        if let overlap = listener.certificateOverlaps {
            return condition(
                listener, .overlappingTLSConfig, .true, .overlappingCertificates,
                "The certificate is for names that the certificate of "
                    + "\(named(overlap.first, of: overlap.count, besides: listener)) on port \(listener.spec.port) is for "
                    + "too. Clients that reuse a connection for another listener get 421.")
        }
        if listener.overlaps.isEmpty { return nil }
        let others = named(listener.overlaps.sorted(), of: listener.overlaps.count, besides: listener)
        return condition(
            listener, .overlappingTLSConfig, .true, .overlappingHostnames,
            "The hostname overlaps with that of \(others) on port \(listener.spec.port).")
    }

    /// Some of the listeners that overlap with this one; those of other objects are only counted.
    private func named(_ indices: [Int], of count: Int, besides listener: ListenerEvaluation) -> String {
        let names = indices.lazy.map { listeners[$0] }.filter { $0.listenerSet == listener.listenerSet }
            .map(\.spec.name)
        let shown = names.prefix(8)
        var parts = shown.isEmpty ? [] : ["listener \(Wording.list(Array(shown)))"]
        let rest = count - shown.count
        if rest > 0 { parts.append(rest == 1 ? "1 other listener" : "\(rest) other listeners") }
        return parts.joined(separator: " and ")
    }

    private func condition(
        _ listener: ListenerEvaluation, _ type: ListenerConditionType, _ status: Condition.Status,
        _ reason: ListenerConditionReason, _ message: String
    ) -> Condition {
        Condition(type, status, reason, message: message, observedGeneration: observedGeneration(of: listener))
    }
}
