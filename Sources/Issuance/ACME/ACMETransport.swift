package import NIOCore

/// One request to an ACME server.
struct ACMERequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    var method: Method
    var url: String
    /// `application/jose+json` of a POST.
    var body: [UInt8] = []
    var accept: String?
}

struct ACMEResponse: Sendable {
    var status: UInt
    /// Names in lower case; fields in the order they came.
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// How ACME servers are reached.
protocol ACMETransport: Sendable {
    /// - Parameter trust: of the issuer.
    func send(_ request: ACMERequest, trust: ACMETrust) async throws(ACMEError) -> ACMEResponse
    func shutdown() async
}

/// Whom to take for the ACME server.
struct ACMETrust: Sendable, Hashable {
    /// PEM certificates instead of the system's.
    var authorities: [UInt8]?
    var isUnverified: Bool
}

/// Where the requests of the engine run.
package struct ACMEEnvironment: Sendable {
    /// Shared with others, and not shut down here.
    package var group: any EventLoopGroup
    /// RFC 8555 section 6.1: product and version.
    package var userAgent: String
    package var responder: any ACMEChallengeResponder

    package init(group: any EventLoopGroup, userAgent: String, responder: any ACMEChallengeResponder) {
        self.group = group
        self.userAgent = userAgent
        self.responder = responder
    }
}
