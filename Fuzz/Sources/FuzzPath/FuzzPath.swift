import FuzzDriver
import HTTP1Properties

@main
struct FuzzPath {
    static func main() {
        runFuzzer(checkNormalization)
    }
}
