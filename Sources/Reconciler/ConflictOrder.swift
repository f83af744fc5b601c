import KubernetesTypes
import Routing

/// The order in which objects win conflicts (Gateway API, "conflict resolution"): the oldest first, then by namespace
/// and name. Objects from files have no age and count as older than all that have one.
enum ConflictOrder {
    static func precedes(
        _ first: (created: Timestamp?, name: ObjectName), _ second: (created: Timestamp?, name: ObjectName)
    ) -> Bool {
        let (left, right) = (
            first.created?.secondsSince1970 ?? .min, second.created?.secondsSince1970 ?? .min
        )
        return left == right ? first.name < second.name : left < right
    }
}
