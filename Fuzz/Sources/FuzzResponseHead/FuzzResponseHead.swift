import FuzzDriver
import HTTP1Properties

@main
struct FuzzResponseHead {
    static func main() {
        runFuzzer(checkResponseInput)
    }
}
