import GatewayAPI
import KubernetesTypes

extension GatewayEvaluation {
    /// `status.conditions`, in the order of decision: the Gateway's own validity, then its own listeners (those of
    /// ListenerSets are reported there), then addresses.
    var conditions: [Condition] {
        let accepted = acceptedCondition
        var conditions = [accepted, programmedCondition(accepted), resolvedRefsCondition]
        if !insecurePorts.isEmpty {
            let ports = Wording.list(insecurePorts.map { "\($0)" })
            conditions.append(
                condition(
                    .insecureFrontendValidationMode, .true, .configurationChanged,
                    "Clients without a valid certificate are let in on port \(ports)."))
        }
        if isDefault {
            conditions.append(
                condition(
                    .defaultGateway, .true, .defaultGateway,
                    "Routes with useDefaultGateways: All attach to this Gateway."))
        }
        return conditions
    }

    /// `status.addresses`: where the Gateway can be reached, once it is accepted.
    var publishedAddresses: [GatewayStatusAddress] {
        acceptedCondition.status == .true ? addresses.published : []
    }

    private var acceptedCondition: Condition {
        if let refusal { return condition(.accepted, .false, refusal.reason, refusal.finding.text) }
        let own = listeners[ownListeners]
        let refused = own.filter { !$0.isAccepted }.map(\.spec.name)
        if refused.isEmpty { return condition(.accepted, .true, .accepted, "All listeners are valid.") }
        if refused.count == own.count {
            return condition(.accepted, .false, .listenersNotValid, "No listener is valid.")
        }
        return condition(
            .accepted, .true, .listenersNotValid, "Not valid: listener \(Wording.list(refused)).")
    }

    private func programmedCondition(_ accepted: Condition) -> Condition {
        if accepted.status != .true {
            return condition(.programmed, .false, .invalid, "The Gateway is not accepted.")
        }
        // Certificates that cannot be resolved leave a Gateway programmed (their listeners are not).
        if let unusable = addresses.unusable {
            return condition(.programmed, .false, .addressNotUsable, unusable.text)
        }
        if let unassigned = addresses.unassigned {
            return condition(.programmed, .false, .addressNotAssigned, unassigned.text)
        }
        return condition(.programmed, .true, .programmed, "The Gateway is served.")
    }

    private var resolvedRefsCondition: Condition {
        if let unresolved { return condition(.resolvedRefs, .false, unresolved.reason, unresolved.finding.text) }
        let listeners = listeners[ownListeners].filter { !$0.unresolved.isEmpty }.map(\.spec.name)
        if !listeners.isEmpty {
            return condition(
                .resolvedRefs, .false, .listenersNotResolved,
                "References of listener \(Wording.list(listeners)) are not resolved.")
        }
        return condition(.resolvedRefs, .true, .resolvedRefs, "All references are resolved.")
    }

    private func condition(
        _ type: GatewayConditionType, _ status: Condition.Status, _ reason: GatewayConditionReason, _ message: String
    ) -> Condition {
        Condition(type, status, reason, message: message, observedGeneration: observedGeneration)
    }
}
