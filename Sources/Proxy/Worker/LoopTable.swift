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

    func series(target: Int, metrics: RequestMetrics) -> RequestSeries {
        if let found = series[target] { return found }
        let made = metrics.series(for: table.target(target))
        series[target] = made
        return made
    }
}
