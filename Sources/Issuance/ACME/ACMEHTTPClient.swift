import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// AsyncHTTPClient for ACME: what comes is bounded in size and time, redirects are not followed.
///
/// The client is made for the first request: most processes never make one.
final class ACMEHTTPClient: ACMETransport {
    private static let timeout = TimeAmount.seconds(30)
    private static let largestBody = 1 << 20

    private let group: any EventLoopGroup
    private let userAgent: String
    private let client = Mutex<HTTPClient?>(nil)

    init(_ environment: ACMEEnvironment) {
        group = environment.group
        userAgent = environment.userAgent
    }

    func send(_ request: ACMERequest, trust: ACMETrust) async throws(ACMEError) -> ACMEResponse {
        let host = Self.host(of: request.url)
        do {
            var message = HTTPClientRequest(url: request.url)
            message.method = HTTPMethod(rawValue: request.method.rawValue)
            message.headers.add(name: "User-Agent", value: userAgent)
            if let accept = request.accept { message.headers.add(name: "Accept", value: accept) }
            if request.method == .post {
                message.headers.add(name: "Content-Type", value: "application/jose+json")
                message.body = .bytes(request.body)
            }
            message.tlsConfiguration = try Self.tls(trust)
            let response = try await started().execute(message, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.largestBody)
            return ACMEResponse(
                status: response.status.code,
                fields: response.headers.map { ($0.name.lowercased(), $0.value) }, body: Array(body.readableBytesView))
        } catch let error as ACMEError {
            throw error
        } catch let error as HTTPClientError {
            throw .unreachable("\(host) cannot be reached: \(error.shortDescription)")
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "no address"
            throw .unreachable("\(host) cannot be reached: \(reason)")
        } catch {
            throw .unreachable("\(host) cannot be reached: \(error)")
        }
    }

    func shutdown() async {
        let client = client.withLock { client in
            defer { client = nil }
            return client
        }
        try? await client?.shutdown()
    }

    private func started() -> HTTPClient {
        client.withLock { client in
            if let client { return client }
            var configuration = HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            configuration.timeout.connect = .seconds(10)
            configuration.connectionPool.retryConnectionEstablishment = false
            let made = HTTPClient(eventLoopGroup: group, configuration: configuration)
            client = made
            return made
        }
    }

    private static func tls(_ trust: ACMETrust) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities = trust.authorities {
            guard let certificates = try? NIOSSLCertificate.fromPEMBytes(authorities), !certificates.isEmpty else {
                throw ACMEError.unsolvable("caBundle of the issuer has no certificate that can be read.")
            }
            configuration.trustRoots = .certificates(certificates)
        }
        if trust.isUnverified { configuration.certificateVerification = .none }
        return configuration
    }

    private static func host(of url: String) -> Substring {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        return rest.prefix { $0 != "/" }
    }
}
