import FuzzDriver
import HTTP2Properties

@main
struct FuzzHTTP2 {
    static func main() {
        runFuzzer(checkHTTP2Connection)
    }
}
