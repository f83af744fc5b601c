import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

@Suite struct ConditionMergeTests {
    private static let then = Timestamp(secondsSince1970: 1000)
    private static let now = Timestamp(secondsSince1970: 2000)

    private static func condition(
        _ type: String, _ status: Condition.Status = .true, reason: String = "Reason", message: String = "",
        generation: Int64? = 1, at time: Timestamp = .epoch
    ) -> Condition {
        Condition(
            type: type, status: status, reason: reason, message: message, observedGeneration: generation,
            lastTransitionTime: time)
    }

    private func merge(
        _ existing: [Condition], _ ours: [Condition], owned: Set<String> = ["Accepted", "Programmed", "Rare"]
    ) -> ConditionMerge {
        ConditionMerge(existing: existing, ours: ours, owned: owned, now: Self.now)
    }

    @Test func `conditions of others keep their places and every byte`() {
        let foreign = Self.condition("foo.io/First", .unknown, reason: "odd", generation: nil, at: Self.then)
        let last = Self.condition("foo.io/Last", .false, generation: 99, at: Self.then)
        let merge = merge([foreign, Self.condition("Accepted", at: Self.then), last], [Self.condition("Programmed")])
        #expect(merge.conditions == [foreign, last, Self.condition("Programmed", at: Self.now)])
        #expect(merge.elements.prefix(2) == [.kept(0), .kept(2)])
    }

    @Test func `the transition time moves only with the status`() {
        let old = [
            Self.condition("Accepted", .true, at: Self.then), Self.condition("Programmed", .true, at: Self.then),
        ]
        let merge = merge(
            old,
            [
                Self.condition("Accepted", .true, reason: "Other", message: "new", generation: 2),
                Self.condition("Programmed", .false, generation: 2),
            ])
        #expect(merge.conditions.map(\.lastTransitionTime) == [Self.then, Self.now])
        #expect(merge.conditions.map(\.reason) == ["Other", "Reason"])
        #expect(merge.conditions.allSatisfy { $0.observedGeneration == 2 })
        #expect(merge.isChange)
    }

    @Test func `nothing is written when everything is there`() {
        let old = [
            Self.condition("foo.io/X", at: Self.then), Self.condition("Programmed", at: Self.then),
            Self.condition("Accepted", at: Self.then),
        ]
        let merge = merge(old, [Self.condition("Accepted"), Self.condition("Programmed")])
        #expect(!merge.isChange)
        #expect(merge.conditions == old)
    }

    @Test(arguments: ["message", "reason", "generation"])
    func `a difference that is not in the status is a change`(field: String) {
        var condition = Self.condition("Accepted")
        switch field {
        case "message": condition.message = "x"
        case "reason": condition.reason = "x"
        default: condition.observedGeneration = 2
        }
        #expect(merge([Self.condition("Accepted", at: Self.then)], [condition]).isChange)
    }

    @Test func `a condition of ours that no longer holds goes`() {
        let merge = merge([Self.condition("Accepted"), Self.condition("Rare")], [Self.condition("Accepted")])
        #expect(merge.conditions.map(\.type) == ["Accepted"])
        #expect(merge.isChange)
    }

    @Test func `a type stands once even if it stood twice`() {
        let merge = merge([Self.condition("Accepted"), Self.condition("Accepted")], [Self.condition("Accepted")])
        #expect(merge.conditions.map(\.type) == ["Accepted"])
    }

    @Test func `what speaks of a newer generation is not overwritten`() {
        #expect(merge([Self.condition("Accepted", generation: 3)], [Self.condition("Accepted", generation: 2)]).isStale)
        #expect(
            !merge([Self.condition("Accepted", generation: 2)], [Self.condition("Accepted", generation: 2)]).isStale)
        #expect(!merge([Self.condition("foo.io/X", generation: 3)], [Self.condition("Accepted")]).isStale)
    }

    @Test func `at most eight conditions stand in a list, those of others first`() {
        let foreign = (0..<7).map { Self.condition("foo.io/\($0)") }
        let merge = merge(foreign, [Self.condition("Accepted"), Self.condition("Programmed")])
        #expect(merge.conditions == foreign + [Self.condition("Accepted", at: Self.now)])
        let full = foreign + [Self.condition("foo.io/7")]
        #expect(!self.merge(full, [Self.condition("Accepted")]).isChange)
    }

    @Test func `the defaults of the CRD are replaced in one go`() {
        let existing = GatewayStatus.pending
        let ours = GatewayStatus(conditions: [
            Condition(GatewayConditionType.accepted, .true, GatewayConditionReason.accepted, observedGeneration: 1),
            Condition(GatewayConditionType.programmed, .false, GatewayConditionReason.invalid, observedGeneration: 1),
        ])
        let merged = ours.merged(into: existing, now: Self.now, isOurs: { _ in true })
        #expect(merged?.conditions.map(\.observedGeneration) == [1, 1])
        #expect(merged?.conditions.map(\.lastTransitionTime) == [Self.now, Self.now])
    }

    @Test func `a Gateway whose conditions stay is written when a listener or an address changes`() {
        let status = GatewayStatus(
            conditions: [Self.condition("Accepted")],
            listeners: [ListenerStatus(name: "a", attachedRoutes: 0, conditions: [Self.condition("Accepted")])])
        let first = status.merged(into: .empty, now: Self.then, isOurs: { _ in true })
        guard let first else { return #expect(first != nil) }
        #expect(status.merged(into: first, now: Self.now, isOurs: { _ in true }) == nil)
        var changed = status
        changed.listeners[0].attachedRoutes = 1
        let second = changed.merged(into: first, now: Self.now, isOurs: { _ in true })
        #expect(second?.listeners.first?.conditions.first?.lastTransitionTime == Self.then)
        changed = status
        changed.addresses = [GatewayStatusAddress(value: "127.0.0.1")]
        #expect(changed.merged(into: first, now: Self.now, isOurs: { _ in true }) != nil)
        changed = status
        changed.listeners = []
        #expect(changed.merged(into: first, now: Self.now, isOurs: { _ in true })?.listeners == [])
    }
}
