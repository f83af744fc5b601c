/// How a backend failed a request before its response began.
enum UpstreamFailure {
    /// No connection could be opened.
    case unreachable
    /// It closed or reset the connection.
    case disconnected
    case headTooLarge
    case malformedResponse
    /// 101 without having been asked for it.
    case unaskedSwitch
    case cannotPassOn

    /// For the person who reads the answer.
    var detail: StaticString {
        switch self {
        case .unreachable: "the backend cannot be reached"
        case .disconnected: "the backend closed the connection without a response"
        case .headTooLarge: "response head too large"
        case .malformedResponse: "the backend's response is malformed"
        case .unaskedSwitch: "the backend switched protocols unasked"
        case .cannotPassOn: "response head too large"
        }
    }

    /// What the client is answered with.
    var status: UInt16 {
        switch self {
        case .unreachable: 503
        case .disconnected, .headTooLarge, .malformedResponse, .unaskedSwitch, .cannotPassOn: 502
        }
    }
}
