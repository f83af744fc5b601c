import ArgumentParser
import Controller
import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler
import Routing

/// Options of commands that look at manifests as `weir run` does, without serving them.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifest file or directory (read recursively: .yaml, .yml, .json); - is standard input. Repeatable.",
            valueName: "path"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "Endpoints of a Service port, as for weir run. Repeatable.", valueName: "ns/service:port=host:port"))
    var backend: [BackendOption] = []

    @Option(help: "Claim GatewayClasses of this controllerName too, as for weir run. Repeatable.")
    var controllerName: [String] = []

    @Option(
        help: ArgumentHelp("Give every Gateway an address of its own, as weir run does. Repeatable.", valueName: "cidr")
    )
    var addressPool: [AddressRange] = []

    /// - Parameter more: manifests besides those of `-f`.
    /// - Throws: `UsageError` when a path cannot be read.
    func load(more: [String] = []) throws(UsageError) -> ManifestSnapshot {
        let paths = files + more
        let snapshot = ManifestSource(paths: paths).load()
        let unreadable = snapshot.diagnostics.first { diagnostic in
            paths.contains(diagnostic.location.file) && diagnostic.code == .unreadableFile
        }
        if let unreadable { throw UsageError("\(unreadable.location.file): \(unreadable.message)") }
        return snapshot
    }

    /// Those of a `weir run` with these options.
    func settings(for manifests: ManifestSnapshot) -> ReconcilerSettings {
        var settings = Run.reconcilerSettings(
            controllerNames: controllerName, bind: Run.defaultBind, addressPool: addressPool, backends: backend)
        var pool = settings.addressPool
        pool?.assign(in: ClusterState(manifests), settings: settings)
        settings.addressPool = pool
        return settings
    }
}
