import FuzzDriver
import RoutingProperties

@main
struct FuzzCORS {
    static func main() {
        runFuzzer(checkCORS)
    }
}
