import Routing
import Testing

@testable import Proxy

@Suite struct BackendSecuritiesTests {
    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBdjCCARugAwIBAgIUYWlfh2e2g2x2pLTMwCyTor2+zEEwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMxMzQzMzBaGA8yMTI2MTAzMDEzNDMz
        MFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDfF
        DVIsa5gbhJSMNaNAd1l0+edO3Brdoz4QvmuLCAVz8UJZOgEnnwbUwpLX2vMrnDUc
        02fHp+O5A3GJxYCo/OWjUzBRMB0GA1UdDgQWBBSlydGEC7vh9yGD7JrDVMuoF5gh
        wTAfBgNVHSMEGDAWgBSlydGEC7vh9yGD7JrDVMuoF5ghwTAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0kAMEYCIQC5CJkoyoC5sNaN8PBFatbqV+gEuscpTz4J
        PrFoqVkcywIhAOEw5HCV2eDja78uhhJnhZ2uaQuujkkSbzSBeNXF9Hmp
        -----END CERTIFICATE-----

        """

    private func backend(
        _ name: String, _ authority: String = Self.authority, serverName: String = "up.internal", http2: Bool = false
    ) -> BackendConfiguration {
        BackendConfiguration(
            id: BackendID(service: ObjectName(namespace: "test", name: name), port: 443), endpoints: [],
            protocol: http2 ? .http2 : .http1,
            tls: BackendTLS(serverName: serverName, trust: .authorities([Array(authority.utf8)])))
    }

    private func configuration(_ backends: BackendConfiguration...) -> RoutingConfiguration {
        var configuration = RoutingConfiguration.empty
        configuration.backends = backends
        return configuration
    }

    @Test func `a backend whose policy stays keeps its security, and so its connections`() throws {
        var securities = BackendSecurities(systemRoots: SystemRoots())
        let up = backend("up")
        securities.update(configuration(up))
        let first = try #require(securities.security(of: up.id))
        securities.update(configuration(backend("other", serverName: "other.internal"), up))
        #expect(securities.security(of: up.id) === first)
        #expect(first.isUsable)
    }

    @Test func `a backend whose policy changes gets another`() throws {
        var securities = BackendSecurities(systemRoots: SystemRoots())
        let up = backend("up")
        securities.update(configuration(up))
        let first = try #require(securities.security(of: up.id))
        securities.update(configuration(backend("up", serverName: "new.internal")))
        #expect(securities.security(of: up.id) !== first)
        #expect(ConnectionPolicy(tls: securities.security(of: up.id)) != ConnectionPolicy(tls: first))
    }

    @Test func `backends that want the same share, HTTP 2 apart`() throws {
        var securities = BackendSecurities(systemRoots: SystemRoots())
        let (one, two, three) = (backend("one"), backend("two"), backend("three", http2: true))
        securities.update(configuration(one, two, three))
        let first = try #require(securities.security(of: one.id))
        #expect(securities.security(of: two.id) === first)
        #expect(securities.security(of: three.id) !== first)
    }

    @Test func `what cannot be loaded leaves nothing that plain text could be taken for`() throws {
        var securities = BackendSecurities(systemRoots: SystemRoots())
        let broken = backend("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        securities.update(configuration(broken))
        let security = try #require(securities.security(of: broken.id))
        #expect(!security.isUsable)
        #expect(!ConnectionPolicy(tls: security).isUsable)
        #expect(securities.problems[broken.id] != nil)
        securities.update(configuration(backend("broken")))
        #expect(securities.security(of: broken.id)?.isUsable == true)
        #expect(securities.problems.isEmpty)
    }

    @Test func `a backend without a policy has no security`() {
        var securities = BackendSecurities(systemRoots: SystemRoots())
        var plain = backend("plain")
        plain.tls = nil
        securities.update(configuration(plain))
        #expect(securities.security(of: plain.id) == nil)
    }
}
