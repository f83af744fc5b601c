import FuzzDriver
import Routing

/// Any pattern on any text: compiling and matching end without a trap.
@main
struct FuzzRegex {
    static func main() {
        runFuzzer { _ = RegularExpression.fuzz($0) }
    }
}
