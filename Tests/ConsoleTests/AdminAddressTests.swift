import Glibc
import Testing

@testable import Console

struct AdminAddressTests {
    @Test(arguments: [
        ("127.0.0.1:19000", AdminAddress(host: "127.0.0.1", port: 19000)),
        ("0.0.0.0:0", .init(host: "0.0.0.0", port: 0)),
        ("[::1]:9090", .init(host: "::1", port: 9090)), ("localhost:80", .init(host: "127.0.0.1", port: 80)),
        ("8080", .init(host: "127.0.0.1", port: 8080)),
    ])
    func `an address is understood`(text: String, expected: AdminAddress) {
        #expect(AdminAddress(text) == expected)
    }

    @Test(arguments: [
        "", ":", ":80", "::1:80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "[]:80",
    ])
    func `what is no address with a port is refused`(text: String) {
        #expect(AdminAddress(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:19000", "[::1]:9090"])
    func `an address is written as it is read`(text: String) throws {
        #expect(try #require(AdminAddress(text)).description == text)
    }

    @Test(arguments: [
        (EADDRINUSE, AdminError.addressInUse(.standard)), (EACCES, .notPermitted(.standard)),
        (EADDRNOTAVAIL, .noSuchAddress(.standard)), (EMFILE, .cannotListen(.standard, reason: "r")),
    ])
    func `a system error becomes one that says what to do`(code: Int32, expected: AdminError) {
        let error = AdminError(errno: code, reason: "r", address: .standard)
        #expect(error == expected)
        #expect(error.description.contains("--admin"))
        #expect(error.description.contains("127.0.0.1:19000"))
    }
}
