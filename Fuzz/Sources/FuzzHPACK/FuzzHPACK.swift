import FuzzDriver
import HTTP2Properties

@main
struct FuzzHPACK {
    static func main() {
        runFuzzer(checkHPACK)
    }
}
