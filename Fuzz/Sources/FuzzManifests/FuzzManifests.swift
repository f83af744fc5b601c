import FuzzDriver
import Manifests

/// Any file: decoding ends in objects and diagnostics.
@main
struct FuzzManifests {
    static func main() {
        runFuzzer { fuzzDecode($0) }
    }
}
