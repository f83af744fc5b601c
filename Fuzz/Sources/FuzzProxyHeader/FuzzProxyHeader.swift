import FuzzDriver
import ProxyProtocolProperties

@main
struct FuzzProxyHeader {
    static func main() {
        runFuzzer(checkProxyHeader)
    }
}
