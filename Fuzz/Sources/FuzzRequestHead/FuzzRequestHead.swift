import FuzzDriver
import HTTP1Properties

@main
struct FuzzRequestHead {
    static func main() {
        runFuzzer(checkRequestHead)
    }
}
