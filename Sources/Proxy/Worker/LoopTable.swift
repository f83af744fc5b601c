import Routing
import TLS
import Telemetry

/// One version of the routing table as one event loop holds it: the compiled table, which all loops share and nobody
/// retains per request, and next to it what belongs to this loop alone.
///
/// A request keeps the loop table it was matched with until its response is complete.
final class LoopTable {
    let table: RoutingTable
    /// The same table as plain pointers, kept valid by `table`: matching touches no shared reference count.
    let matcher: RoutingMatcher
    /// Parallel to `RoutingConfiguration.backends`. An entry is exchanged when the endpoints of its backend change.
    var backends: ContiguousArray<BackendPool>
    /// Parallel to `RoutingConfiguration.ports`.
    let ports: ContiguousArray<PortRuntime>
    /// Parallel to `RoutingTable.targets`, filled on first use.
    private var series: ContiguousArray<RequestSeries?>

    init(table: RoutingTable, backends: ContiguousArray<BackendPool>, ports: ContiguousArray<PortRuntime>) {
        self.table = table
        self.ports = ports
        matcher = table.matcher
        self.backends = backends
        series = ContiguousArray(repeating: nil, count: table.targetCount)
    }

    /// The endpoints of a backend as they are now, for work that began under this table: neither endpoints that are gone nor
    /// a policy that has changed may be used for a new connection. nil when the backend is gone.
    func currentPool(_ index: Int, worker: Worker) -> BackendPool? {
        if worker.table === self { return backends[index] }
        return worker.table.backends.first { $0.id == backends[index].id }
    }

    func series(target: Int, metrics: RequestMetrics) -> RequestSeries {
        if let found = series[target] { return found }
        let made = metrics.series(for: table.target(target))
        series[target] = made
        return made
    }
}
