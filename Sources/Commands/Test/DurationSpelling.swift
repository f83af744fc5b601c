import Explain
import GatewayAPI

enum DurationSpelling {
    /// The one spelling of GEP-2257 that explanations use; text that is no duration stays as it is and equals none.
    static func canonical(_ text: String) -> String {
        GatewayDuration(text)?.duration.gatewayText ?? text
    }
}
