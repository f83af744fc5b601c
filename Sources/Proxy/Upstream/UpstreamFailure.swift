import TLS

/// How a backend failed a request before its response began.
enum UpstreamFailure {
    /// No connection could be opened.
    case unreachable
    /// What the backend's TLS needs could not be loaded: nothing was sent.
    case tlsUnusable
    case handshakeFailed
    /// The backend's certificate is not one that the policy trusts.
    case untrustedCertificate
    case certificateNotValidNow
    case wrongName
    /// HTTP/2 was asked for in the handshake and not agreed on.
    case noHTTP2
    /// It closed or reset the connection.
    case disconnected
    /// It reset the stream of the request.
    case reset
    /// It said more than once that it would not look at the request.
    case refused
    case headTooLarge
    case malformedResponse
    /// 101 without having been asked for it.
    case unaskedSwitch
    case cannotPassOn

    /// For the person who reads the answer.
    var detail: StaticString {
        switch self {
        case .unreachable: "the backend cannot be reached"
        case .tlsUnusable: "the TLS settings of the backend cannot be used"
        case .handshakeFailed: "the TLS handshake with the backend failed"
        case .untrustedCertificate: "the backend's certificate is not trusted"
        case .certificateNotValidNow: "the backend's certificate is not valid at this time"
        case .wrongName: "the backend's certificate is for another name"
        case .noHTTP2: "the backend does not speak HTTP/2"
        case .disconnected: "the backend closed the connection without a response"
        case .reset: "the backend reset the stream without a response"
        case .refused: "the backend refused the request"
        case .headTooLarge: "response head too large"
        case .malformedResponse: "the backend's response is malformed"
        case .unaskedSwitch: "the backend switched protocols unasked"
        case .cannotPassOn: "response head too large"
        }
    }

    /// What the client is answered with.
    var status: UInt16 {
        switch self {
        case .unreachable, .refused: 503
        case .tlsUnusable, .handshakeFailed, .untrustedCertificate, .certificateNotValidNow, .wrongName, .noHTTP2: 502
        case .disconnected, .reset, .headTooLarge, .malformedResponse, .unaskedSwitch, .cannotPassOn: 502
        }
    }

    init(handshakeOf session: TLSSession) {
        self =
            switch session.verificationFailure {
            case .untrusted: .untrustedCertificate
            case .notValidNow: .certificateNotValidNow
            case .wrongName: .wrongName
            case nil: .handshakeFailed
            }
    }

    /// Another attempt may do better.
    var isRetriable: Bool {
        switch self {
        case .disconnected, .reset, .refused: true
        default: false
        }
    }

    /// The endpoint could be reached, but a secure connection was not to be had.
    var isAboutTLS: Bool {
        switch self {
        case .tlsUnusable, .handshakeFailed, .untrustedCertificate, .certificateNotValidNow, .wrongName, .noHTTP2: true
        default: false
        }
    }

    /// The backend is not who it is to be.
    var isAboutIdentity: Bool {
        switch self {
        case .untrustedCertificate, .certificateNotValidNow, .wrongName: true
        default: false
        }
    }
}
