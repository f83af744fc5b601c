import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

/// A few changed files among many are exchanged without looking at the others; the result must be that of reading all.
@Suite struct ManifestStoreChangeTests {
    /// What the files say, and what the last snapshot was.
    private struct Model {
        /// Names with ports, by file.
        var files: [String: [(name: String, port: Int)]] = [:]
        var last: [String: (port: Int, generation: Int)] = [:]

        /// `name:port generation` of every Service, the first of each name counting.
        mutating func services() -> [String] {
            var next: [String: (port: Int, generation: Int)] = [:]
            for (_, services) in files.sorted(by: { $0.key < $1.key }) {
                for (name, port) in services where next[name] == nil {
                    let before = last[name]
                    let generation = before.map { $0.port == port ? $0.generation : $0.generation + 1 } ?? 1
                    next[name] = (port, generation)
                }
            }
            last = next
            return next.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.port) \($0.value.generation)" }
        }

        var hasDuplicates: Bool {
            let names = files.values.flatMap { $0.map(\.name) }
            return Set(names).count < names.count
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `changing a few files is the same as reading all`(seed: UInt64) {
        var random = Numbers(state: seed)
        var (store, model) = (ManifestStore(), Model())
        for number in 0..<20 { change("f\(number)", &store, &model, &random) }
        var before: ManifestSnapshot?
        var copy: [String: String] = [:]
        for step in 0..<150 {
            for _ in 0...Int.random(in: 0...2, using: &random) {
                change("f\(Int.random(in: 0..<20, using: &random))", &store, &model, &random)
            }
            let snapshot = store.snapshot()
            let expected = model.services()
            #expect(snapshot.services == expected, "step \(step)")
            #expect(snapshot.messages.isEmpty != model.hasDuplicates)
            // Whoever follows the changes has the same objects.
            let (changed, removed) = snapshot.changes(since: before)
            for key in removed { copy[key.name] = nil }
            for object in changed { copy[object.key.name] = "\(object.object)" }
            #expect(copy == Dictionary(uniqueKeysWithValues: snapshot.objects.map { ($0.key.name, "\($0.object)") }))
            before = snapshot
        }
    }

    /// Mostly names of the file's own, now and then one that stands elsewhere too.
    private func change(_ file: String, _ store: inout ManifestStore, _ model: inout Model, _ random: inout Numbers) {
        if Int.random(in: 0..<10, using: &random) == 0 {
            store.remove(file: file)
            model.files[file] = nil
            return
        }
        var services: [(name: String, port: Int)] = []
        for number in 0..<Int.random(in: 0...4, using: &random) {
            let isShared = Int.random(in: 0..<25, using: &random) == 0
            let name = isShared ? "shared" : "\(file)-\(number)"
            if services.contains(where: { $0.name == name }) { continue }
            services.append((name, Int.random(in: 80...82, using: &random)))
        }
        services.shuffle(using: &random)
        let text = services.map { name, port in
            "{apiVersion: v1, kind: Service, metadata: {name: \(name)}, spec: {ports: [{port: \(port)}]}}"
        }
        store.update(file: file, contents: .bytes(Array(text.joined(separator: "\n---\n").utf8)))
        model.files[file] = services
    }

    @Test func `an object that stays has its revision, one that changes gets another`() {
        var store = ManifestStore()
        func revisions(_ port: Int) -> [UInt64] {
            let text = (0..<9).map { number in
                let port = number == 4 ? port : 80
                return "{apiVersion: v1, kind: Service, metadata: {name: s\(number)}, spec: {ports: [{port: \(port)}]}}"
            }
            for number in 0..<9 { store.update(file: "f\(number)", contents: .bytes(Array(text[number].utf8))) }
            return store.snapshot().objects.map(\.revision)
        }
        let (first, second, third) = (revisions(80), revisions(81), revisions(81))
        #expect(Set(first).count == 9 && !first.contains(0))
        #expect(zip(first, second).enumerated().allSatisfy { ($1.0 == $1.1) == ($0 != 4) })
        #expect(second == third)
        // Another store knows nothing of this one's objects.
        var other = ManifestStore()
        let text = "{apiVersion: v1, kind: Service, metadata: {name: s0}, spec: {ports: [{port: 80}]}}"
        other.update(file: "f0", contents: .bytes(Array(text.utf8)))
        #expect(other.snapshot().changes(since: store.snapshot()).changed.count == 1)
    }
}

/// SplitMix64: the same numbers in every run.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
        return number ^ number >> 31
    }
}
