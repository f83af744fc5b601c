import FuzzDriver
import RoutingProperties

@main
struct FuzzSession {
    static func main() {
        runFuzzer(checkSession)
    }
}
