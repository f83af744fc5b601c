import FuzzDriver
import HTTP1Properties

@main
struct FuzzChunked {
    static func main() {
        runFuzzer(checkChunkedBody)
    }
}
