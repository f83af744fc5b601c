import Glibc
import HTTP1
import HTTPSemantics
import Routing

/// One HTTP-01 challenge as a loop holds it.
struct HTTPChallenge: Sendable {
    let host: [UInt8]
    /// The whole path.
    let path: [UInt8]
    let body: [UInt8]

    init(_ challenge: ACMEChallenges.HTTP) {
        host = Array(challenge.host.utf8)
        path = Array("/.well-known/acme-challenge/\(challenge.token)".utf8)
        body = Array(challenge.keyAuthorization.utf8)
    }

    func isAsked(by view: RequestView) -> Bool {
        view.path.elementsEqual(path) && view.host.elementsEqual(host)
    }
}

extension ServerConnection {
    /// The gateway's own answer to an ACME server (RFC 8555 section 8.3). It comes before routing, so that a redirect of
    /// everything to HTTPS does not stand in its way; what is no known token is routed like any other request.
    /// - Returns: false when the request is none of these.
    func answersChallenge(_ head: RequestHead, _ view: RequestView) -> Bool {
        guard !isSecure, head.method == .get || head.method == .head,
            let challenge = worker.challenges.first(where: { $0.isAsked(by: view) })
        else { return false }
        var writer = HeadWriter(worker.headBuffer)
        LocalResponse.writeHead(
            status: 200, contentLength: challenge.body.count, closes: true, minorVersion: head.minorVersion,
            worker: worker, to: &writer)
        writer.write("Content-Type: application/octet-stream\r\n\r\n")
        if head.method == .get { challenge.body.withUnsafeBytes { writer.write($0) } }
        send(writer.written)
        worker.loop.clearDeadline(self)
        if phase != .closed { closeAfterFlush(unread: true) }
        return true
    }
}
