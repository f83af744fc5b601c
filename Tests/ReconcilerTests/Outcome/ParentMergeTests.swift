import GatewayAPI
import KubernetesTypes
import Reconciler
import Testing

@Suite struct ParentMergeTests {
    private static let now = Timestamp(secondsSince1970: 2000)
    private static let ourName = "weir.dev/gateway-controller"

    private static func parent(
        _ gateway: String, section: String? = nil, by controller: String = ourName, _ status: Condition.Status = .true,
        generation: Int64 = 1
    ) -> RouteParentStatus {
        RouteParentStatus(
            parentRef: ParentReference(name: gateway, sectionName: section), controllerName: controller,
            conditions: [
                Condition(
                    RouteConditionType.accepted, status, RouteConditionReason.accepted, observedGeneration: generation)
            ])
    }

    private func merge(_ existing: [RouteParentStatus], _ ours: [RouteParentStatus]) -> ParentMerge {
        ParentMerge(existing: existing, ours: ours, now: Self.now, isOurs: { $0 == Self.ourName })
    }

    @Test func `entries of other controllers keep their places, also for the same parent`() {
        let foreign = [Self.parent("a", by: "example.com/x", .unknown), Self.parent("z", by: "example.com/x")]
        let merge = merge([foreign[0], Self.parent("gone"), foreign[1]], [Self.parent("a"), Self.parent("b")])
        #expect(merge.parents.map(\.parentRef.name) == ["a", "z", "a", "b"])
        #expect(merge.elements.prefix(2) == [.kept(0), .kept(2)])
        #expect(merge.isChange)
    }

    @Test func `an entry of ours is exchanged where it stands`() {
        let existing = [Self.parent("a"), Self.parent("f", by: "example.com/x"), Self.parent("a", section: "s")]
        let merge = merge(existing, [Self.parent("a", section: "s", .false), Self.parent("a")])
        #expect(merge.parents.map(\.parentRef.sectionName) == [nil, nil, "s"])
        #expect(merge.parents.map { $0.conditions[0].status } == [.true, .true, .false])
        #expect(merge.parents[2].conditions[0].lastTransitionTime == Self.now)
        #expect(merge.elements[0] == .kept(0))
    }

    @Test func `conditions of others in an entry of ours stay`() {
        var existing = Self.parent("a")
        existing.conditions.insert(Condition(type: "foo.io/X", status: .false, reason: "r"), at: 0)
        let merge = merge([existing], [Self.parent("a", .false)])
        #expect(merge.parents[0].conditions.map(\.type) == ["foo.io/X", "Accepted"])
    }

    @Test func `nothing is written when everything is there`() {
        let existing = [Self.parent("b", by: "example.com/x"), Self.parent("a")]
        let ours = RouteStatus(parents: [Self.parent("a")])
        #expect(!merge(existing, ours.parents).isChange)
        let isOurs = { (name: String) in name == Self.ourName }
        #expect(ours.merged(into: RouteStatus(parents: existing), now: Self.now, isOurs: isOurs) == nil)
    }

    @Test func `a route that lost its parents loses our entries and no others`() {
        let foreign = Self.parent("b", by: "example.com/x")
        #expect(merge([Self.parent("a"), foreign], []).parents == [foreign])
    }

    @Test func `at most 32 entries stand in a list, those of others first`() {
        let foreign = (0..<31).map { Self.parent("g\($0)", by: "example.com/x") }
        let merge = merge(foreign, [Self.parent("a"), Self.parent("b")])
        #expect(merge.parents.map(\.parentRef.name) == foreign.map(\.parentRef.name) + ["a"])
        #expect(!self.merge(foreign + [Self.parent("g", by: "example.com/x")], [Self.parent("a")]).isChange)
    }

    @Test func `entries that speak of a newer generation are not overwritten`() {
        let existing = [Self.parent("a", generation: 5)]
        #expect(merge(existing, [Self.parent("a", generation: 4)]).isStale)
        let isOurs = { (name: String) in name == Self.ourName }
        let ours = RouteStatus(parents: [Self.parent("a", .false, generation: 4)])
        #expect(ours.merged(into: RouteStatus(parents: existing), now: Self.now, isOurs: isOurs) == nil)
    }
}
