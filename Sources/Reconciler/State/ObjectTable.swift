import KubernetesTypes
import Routing

/// The objects of one kind, sorted by namespace and name.
struct ObjectTable<Object: KubernetesObject>: Sendable {
    private(set) var entries: [Stored<Object>] = []
    /// The position after the one that was set last.
    private var next = 0

    subscript(name: ObjectName) -> Object? { stored(name)?.object }

    func stored(_ name: ObjectName) -> Stored<Object>? {
        let position = position(of: name)
        guard position < entries.count, entries[position].name == name else { return nil }
        return entries[position]
    }

    /// The objects of one namespace, by name.
    func inNamespace(_ namespace: String) -> ArraySlice<Stored<Object>> {
        let start = position(of: ObjectName(namespace: namespace, name: ""))
        return entries[start...].prefix { $0.name.namespace == namespace }
    }

    /// Inserts or replaces. An object equal to the one that is there changes nothing, not even its identity.
    mutating func set(_ object: Object) {
        let name = ObjectName(object.metadata)
        let position = isNext(name) ? next : position(of: name)
        next = position + 1
        if position == entries.count || entries[position].name != name {
            entries.insert(Stored(object), at: position)
        } else if entries[position].object != object {
            entries[position] = Stored(object)
        }
    }

    /// Whether `next` is where the name stands: objects are often set in the order in which they are kept.
    private func isNext(_ name: ObjectName) -> Bool {
        next < entries.count && entries[next].name == name
    }

    mutating func remove(_ name: ObjectName) {
        let position = position(of: name)
        guard position < entries.count, entries[position].name == name else { return }
        entries.remove(at: position)
    }

    /// Where the first object that is not before `name` stands.
    private func position(of name: ObjectName) -> Int {
        var (low, high) = (0, entries.count)
        // Lists from an API server and sorted files arrive in order.
        if let last = entries.last, last.name < name { return entries.count }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// One difference between two tables. Never are both sides nil.
struct ObjectChange<Object: KubernetesObject> {
    var old: Stored<Object>?
    var new: Stored<Object>?
}

extension ObjectTable {
    /// What makes this table different from `old`, in the order of names.
    func changes(since old: ObjectTable) -> [ObjectChange<Object>] {
        var changes: [ObjectChange<Object>] = []
        let (left, right) = (old.entries, entries)
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            if left[i] === right[j] {
                (i, j) = (i + 1, j + 1)
            } else if left[i].name == right[j].name {
                changes.append(ObjectChange(old: left[i], new: right[j]))
                (i, j) = (i + 1, j + 1)
            } else if left[i].name < right[j].name {
                changes.append(ObjectChange(old: left[i], new: nil))
                i += 1
            } else {
                changes.append(ObjectChange(old: nil, new: right[j]))
                j += 1
            }
        }
        changes += left[i...].map { ObjectChange(old: $0, new: nil) }
        changes += right[j...].map { ObjectChange(old: nil, new: $0) }
        return changes
    }
}
