import ClientHelloProperties
import FuzzDriver

@main
struct FuzzClientHello {
    static func main() {
        runFuzzer(checkClientHello)
    }
}
