import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

private func service(_ name: String, port: String = "80") -> String {
    "apiVersion: v1\nkind: Service\nmetadata: {name: \(name)}\nspec: {ports: [{port: \(port)}]}\n---\n"
}

extension ManifestStore {
    fileprivate mutating func update(_ file: String, _ text: String) {
        update(file: file, contents: .bytes(Array(text.utf8)))
    }
}

extension ManifestSnapshot {
    /// `name:port generation` of every Service.
    var services: [String] {
        objects.compactMap {
            guard case .service(let service) = $0.object else { return nil }
            let stale = staleKeys.contains(service.key) ? " stale" : ""
            return "\(service.metadata.name):\(service.spec.ports[0].port) \(service.metadata.generation)\(stale)"
        }
    }

    var messages: [String] { diagnostics.map(\.description) }
}

struct ManifestStoreTests {
    @Test func `objects of several files come together, ordered by key`() {
        var store = ManifestStore()
        store.update("b.yaml", service("c") + service("a"))
        store.update("a.yaml", service("b"))
        let snapshot = store.snapshot()
        #expect(snapshot.services == ["a:80 1", "b:80 1", "c:80 1"])
        #expect(snapshot.messages.isEmpty)
    }

    @Test func `a bad object stays as it was while its neighbours change`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a") + service("b"))
        _ = store.snapshot()
        store.update("a.yaml", service("a", port: "high") + service("b", port: "81"))
        let snapshot = store.snapshot()
        #expect(snapshot.services == ["a:80 1 stale", "b:81 2"])
        #expect(
            snapshot.messages == [
                "a.yaml:4:23: error[WR1009]: Service default/a: spec.ports[0].port: port must be a number, not text. Write a whole number."
            ])
        store.update("a.yaml", service("a", port: "82") + service("b", port: "81"))
        #expect(store.snapshot().services == ["a:82 2", "b:81 2"])
        #expect(store.snapshot().messages.isEmpty)
    }

    @Test func `a bad object that was never good is not there`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a", port: "high") + service("b"))
        #expect(store.snapshot().services == ["b:80 1"])
    }

    @Test func `a document that cannot be read keeps all objects of its file`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a") + service("b"))
        store.update("b.yaml", service("c"))
        store.update("a.yaml", service("b", port: "81") + "kind: [Service")
        #expect(store.snapshot().services == ["a:80 1 stale", "b:81 1", "c:80 1"])
        store.update("a.yaml", service("b", port: "81"))
        #expect(store.snapshot().services == ["b:81 1", "c:80 1"])
    }

    @Test(arguments: ["", "kind: Service", "- x", "\u{0}"])
    func `a file emptied by mistake or on purpose`(text: String) {
        var store = ManifestStore()
        store.update("a.yaml", service("a"))
        store.update("a.yaml", text)
        #expect(store.snapshot().services == (text.isEmpty ? [] : ["a:80 1 stale"]))
        #expect(store.snapshot().messages.isEmpty == text.isEmpty)
    }

    @Test func `a file that cannot be read keeps its objects`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a"))
        store.update(file: "a.yaml", contents: .unreadable("Permission denied"))
        #expect(store.snapshot().services == ["a:80 1 stale"])
        #expect(
            store.snapshot().messages == [
                "a.yaml:1:1: error[WR1001]: The file cannot be read: Permission denied. "
                    + "Its objects stay as they were; check its permissions."
            ])
    }

    @Test func `a removed file takes its objects with it`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a") + service("bad", port: "x"))
        store.update("b.yaml", service("b"))
        store.remove(file: "a.yaml")
        #expect(store.snapshot().services == ["b:80 1"])
        #expect(store.snapshot().messages.isEmpty)
    }

    @Test func `an object that stands twice is an error at the second place`() {
        var store = ManifestStore()
        store.update("b.yaml", service("a", port: "81"))
        store.update("a.yaml", service("x") + service("a") + service("a", port: "82"))
        let snapshot = store.snapshot()
        #expect(snapshot.services == ["a:80 1", "x:80 1"])
        #expect(
            snapshot.messages == [
                "a.yaml:11:1: error[WR1011]: Service default/a: The object stands at a.yaml:6:1 already. "
                    + "Keep one of the two; the first one is used.",
                "b.yaml:1:1: error[WR1011]: Service default/a: The object stands at a.yaml:6:1 already. "
                    + "Keep one of the two; the first one is used.",
            ])
    }

    @Test func `an object that moves to another file stays the same object`() {
        var store = ManifestStore()
        store.update("a.yaml", service("a"))
        _ = store.snapshot()
        store.remove(file: "a.yaml")
        store.update("b.yaml", service("a"))
        #expect(store.snapshot().services == ["a:80 1"])
    }

    @Test func `the generation grows with the spec only`() {
        var store = ManifestStore()
        func route(_ metadata: String, _ spec: String) -> String {
            "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a\(metadata)}, spec: {\(spec)}}"
        }
        func generation() -> Int64? { store.snapshot().objects.first?.object.metadata?.generation }
        store.update("a.yaml", route("", ""))
        #expect(generation() == 1)
        store.update("a.yaml", route(", labels: {a: b}", ""))
        #expect(generation() == 1)
        store.update("a.yaml", route("", "hostnames: [a]"))
        #expect(generation() == 2)
        store.update("a.yaml", route(", generation: 7", "hostnames: [b]"))
        #expect(generation() == 7)
        store.update("a.yaml", route(", generation: 7", "hostnames: [c]"))
        #expect(generation() == 8)
    }

    @Test func `unknown kinds are counted over all files`() {
        var store = ManifestStore()
        let ingress = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}}"
        store.update("a.yaml", ingress + "\n---\n" + ingress)
        store.update("b.yaml", ingress)
        let snapshot = store.snapshot()
        #expect(snapshot.unknownKinds.map(\.value) == [3])
        #expect(snapshot.messages.isEmpty)
    }
}
