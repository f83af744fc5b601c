import Glibc
import KubernetesTypes
import Manifests
import Testing

private func service(_ name: String, port: String = "80") -> String {
    "apiVersion: v1\nkind: Service\nmetadata: {name: \(name)}\nspec: {ports: [{port: \(port)}]}\n---\n"
}

/// Follows a source until it shows what a test waits for.
private struct Watcher {
    private var iterator: AsyncStream<ManifestSnapshot>.Iterator
    private(set) var seen: [[String]] = []

    init(_ paths: [String]) {
        var timing = ManifestSource.Timing()
        // Only events count here.
        timing.rescanInterval = .seconds(3600)
        iterator = ManifestSource(paths: paths, timing: timing).snapshots().makeAsyncIterator()
    }

    /// The Services with their ports as soon as they are the expected ones; intermediate states may be shown before.
    mutating func waitFor(_ services: [String]) async -> ManifestSnapshot? {
        while let snapshot = await iterator.next() {
            let names = snapshot.services.map { $0.split(separator: " ").first.map(String.init) ?? "" }
            seen.append(names)
            if names == services { return snapshot }
        }
        return nil
    }

    /// The first snapshot with the given number of diagnostics.
    mutating func waitFor(diagnostics count: Int) async -> ManifestSnapshot? {
        while let snapshot = await iterator.next() {
            if snapshot.diagnostics.count == count { return snapshot }
        }
        return nil
    }
}

@Suite(.timeLimit(.minutes(1)))
struct ManifestSourceTests {
    @Test func `a directory is read with everything below it`() throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        directory.write("b.yml", service("b"))
        directory.write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"c\"}}")
        directory.write("d.txt", service("d"))
        directory.write(".e.yaml", service("e"))
        directory.makeDirectory("sub")
        directory.makeDirectory("sub/sub")
        directory.write("sub/sub/f.yaml", service("f"))
        directory.link("sub/loop", to: directory.path)
        let snapshot = ManifestSource(paths: [directory.path + "/"]).load()
        #expect(
            snapshot.objects.map(\.key.description) == [
                "Namespace c", "Service default/a", "Service default/b", "Service default/f",
            ])
        #expect(snapshot.diagnostics.isEmpty)
        #expect(snapshot.objects.map(\.source.file).contains("\(directory.path)/sub/sub/f.yaml"))
    }

    @Test func `a path that does not exist is an error`() throws {
        let directory = try TemporaryDirectory()
        let snapshot = ManifestSource(paths: [directory.url("none.yaml")]).load()
        #expect(
            snapshot.messages == [
                "\(directory.url("none.yaml")):1:1: error[WR1001]: The file cannot be read: No such file or directory. "
                    + "Check the path and its permissions."
            ])
    }

    @Test func `a file written in place, created, replaced and deleted is noticed`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:80"]))
        directory.write("a.yaml", service("a", port: "81"))
        _ = try #require(await watcher.waitFor(["a:81"]))
        directory.write("b.yaml", service("b"))
        _ = try #require(await watcher.waitFor(["a:81", "b:80"]))
        directory.replace("a.yaml", service("a", port: "82"))
        _ = try #require(await watcher.waitFor(["a:82", "b:80"]))
        directory.delete("b.yaml")
        _ = try #require(await watcher.waitFor(["a:82"]))
        directory.move("a.yaml", to: "c.yaml")
        let last = try #require(await watcher.waitFor(["a:82"]))
        #expect(last.objects.map(\.source.file) == [directory.url("c.yaml")])
    }

    @Test func `changes of the same length in quick succession are all noticed`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a", port: "100"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:100"]))
        for port in 101...150 {
            directory.write("a.yaml", service("a", port: "\(port)"))
            _ = try #require(await watcher.waitFor(["a:\(port)"]))
        }
    }

    @Test func `a file is not read while somebody writes to it`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a") + service("b"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:80", "b:80"]))
        let file = try #require(fopen(directory.url("a.yaml"), "w"))
        fputs(service("a", port: "81"), file)
        fflush(file)
        // Another file changes meanwhile, so the files are looked at.
        directory.write("z.yaml", service("z"))
        _ = try #require(await watcher.waitFor(["a:80", "b:80", "z:80"]))
        fputs(service("b", port: "81"), file)
        fclose(file)
        _ = try #require(await watcher.waitFor(["a:81", "b:81", "z:80"]))
        #expect(!watcher.seen.contains(["a:81", "z:80"]))
    }

    @Test func `new directories are watched and deleted ones forgotten`() async throws {
        let directory = try TemporaryDirectory()
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor([]))
        directory.makeDirectory("x")
        directory.makeDirectory("x/y")
        directory.write("x/y/a.yaml", service("a"))
        _ = try #require(await watcher.waitFor(["a:80"]))
        directory.write("x/y/a.yaml", service("a", port: "81"))
        _ = try #require(await watcher.waitFor(["a:81"]))
        directory.move("x", to: "w")
        directory.write("w/b.yaml", service("b"))
        _ = try #require(await watcher.waitFor(["a:81", "b:80"]))
        directory.delete("w/y/a.yaml")
        directory.delete("w/y")
        _ = try #require(await watcher.waitFor(["b:80"]))
    }

    @Test func `a single file is watched through its directory`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        directory.write("b.yaml", service("b"))
        var watcher = Watcher([directory.url("a.yaml")])
        _ = try #require(await watcher.waitFor(["a:80"]))
        directory.replace("a.yaml", service("a", port: "81"))
        _ = try #require(await watcher.waitFor(["a:81"]))
        directory.replace("a.yaml", service("a", port: "82"))
        _ = try #require(await watcher.waitFor(["a:82"]))
    }

    @Test func `a single file that is deleted takes its objects with it and is an error`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        var watcher = Watcher([directory.url("a.yaml")])
        _ = try #require(await watcher.waitFor(["a:80"]))
        directory.delete("a.yaml")
        let snapshot = try #require(await watcher.waitFor([]))
        #expect(snapshot.diagnostics.count == 1)
        directory.write("a.yaml", service("a", port: "81"))
        #expect(try #require(await watcher.waitFor(["a:81"])).diagnostics.isEmpty)
    }

    @Test func `a file that cannot be read any more keeps its objects`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:80"]))
        // A file that is too large is refused for everyone, also for root, who may read all others.
        truncate(directory.url("a.yaml"), 17 << 20)
        let snapshot = try #require(await watcher.waitFor(diagnostics: 1))
        #expect(snapshot.services == ["a:80 1 stale"])
    }

    @Test func `a new file is not read while somebody writes to it`() async throws {
        let directory = try TemporaryDirectory()
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor([]))
        let file = try #require(fopen(directory.url("a.yaml"), "w"))
        fputs(service("a"), file)
        fflush(file)
        directory.write("z.yaml", service("z"))
        _ = try #require(await watcher.waitFor(["z:80"]))
        fputs(service("b"), file)
        fclose(file)
        _ = try #require(await watcher.waitFor(["a:80", "b:80", "z:80"]))
        #expect(!watcher.seen.contains(["a:80", "z:80"]))
    }

    @Test func `a path that appears later is picked up`() async throws {
        let directory = try TemporaryDirectory()
        var watcher = Watcher([directory.url("later/a.yaml")])
        let first = try #require(await watcher.waitFor([]))
        #expect(first.diagnostics.count == 1)
        directory.makeDirectory("later")
        directory.write("later/a.yaml", service("a"))
        let last = try #require(await watcher.waitFor(["a:80"]))
        #expect(last.diagnostics.isEmpty)
    }

    /// A volume of a ConfigMap: `a.yaml -> ..data/a.yaml`, `..data -> ..1`, and an update swaps `..data`.
    @Test(arguments: [true, false])
    func `the symbolic links of a ConfigMap volume are followed`(wholeDirectory: Bool) async throws {
        let directory = try TemporaryDirectory()
        for (version, port) in [("..1", "80"), ("..2", "81")] {
            directory.makeDirectory(version)
            directory.write("\(version)/a.yaml", service("a", port: port))
        }
        directory.link("..data", to: "..1")
        directory.link("a.yaml", to: "..data/a.yaml")
        var watcher = Watcher([wholeDirectory ? directory.path : directory.url("a.yaml")])
        _ = try #require(await watcher.waitFor(["a:80"]))
        directory.link("..data_tmp", to: "..2")
        directory.move("..data_tmp", to: "..data")
        _ = try #require(await watcher.waitFor(["a:81"]))
    }

    @Test func `a link into another directory is watched there`() async throws {
        let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        other.write("real.yaml", service("a"))
        directory.link("a.yaml", to: other.url("real.yaml"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:80"]))
        other.replace("real.yaml", service("a", port: "81"))
        _ = try #require(await watcher.waitFor(["a:81"]))
    }

    @Test func `a broken file keeps its objects until it is repaired`() async throws {
        let directory = try TemporaryDirectory()
        directory.write("a.yaml", service("a"))
        directory.write("b.yaml", service("b"))
        var watcher = Watcher([directory.path])
        _ = try #require(await watcher.waitFor(["a:80", "b:80"]))
        directory.write("a.yaml", "kind: [")
        let broken = try #require(await watcher.waitFor(diagnostics: 1))
        #expect(broken.services == ["a:80 1 stale", "b:80 1"])
        directory.write("a.yaml", service("a", port: "81"))
        _ = try #require(await watcher.waitFor(["a:81", "b:80"]))
    }

    @Test func `a source whose snapshots nobody reads any more ends its thread`() async throws {
        let directory = try TemporaryDirectory()
        let before = threadCount()
        for _ in 0..<100 {
            var watcher = Watcher([directory.path])
            _ = await watcher.waitFor([])
        }
        // The threads end soon after; each look yields to them.
        var attempts = 0
        while threadCount() > before + 50, attempts < 100_000 {
            await Task.yield()
            attempts += 1
        }
        #expect(threadCount() <= before + 50)
    }

    private func threadCount() -> Int {
        guard let directory = opendir("/proc/self/task") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count
    }
}
