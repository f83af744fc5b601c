import ArgumentParser
import Controller
import Issuance
import KubernetesTypes
import Logging
import NIOCore
import Proxy

/// What `weir run` issues certificates with. Costs nothing until manifests ask for some.
struct CertificateSetup {
    let engine: CertificateEngine
    let responder: GatewayChallengeResponder
    /// The CA of `--local-ca`, and where its certificate is for people to trust.
    let localAuthority: (secret: Secret, path: String)?

    /// - Throws: `ExitCode` when the state directory cannot be used; the log has the reason.
    init(_ options: Run, group: any EventLoopGroup, proxy: ProxyServer, logger: Logger) throws {
        responder = GatewayChallengeResponder(proxy: proxy)
        let standard = options.localCA ? LocalAuthorityStore.standardPath : nil
        guard let path = options.state ?? standard else {
            if options.localCA {
                logger.critical("--local-ca needs a place for its key: name one with --state DIR, or set HOME.")
                throw ExitCode.failure
            }
            engine = CertificateEngine(state: nil, logger: logger)
            localAuthority = nil
            return
        }
        let state = StateDirectory(path: path)
        do throws(StateDirectory.Failure) {
            try state.prepare()
            let store = LocalAuthorityStore(state)
            localAuthority = options.localCA ? (try store.load(), store.certificatePath) : nil
        } catch {
            logger.critical("\(error)")
            throw ExitCode.failure
        }
        engine = CertificateEngine(
            state: state,
            acme: ACMEEnvironment(group: group, userAgent: "weir/\(Weir.version)", responder: responder), logger: logger
        )
    }
}
