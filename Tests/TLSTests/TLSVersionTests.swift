import TLS
import Testing

@Suite struct TLSVersionTests {
    @Test func `the library says what it is`() {
        #expect(TLSVersion.libraryVersion.contains("BoringSSL"))
    }
}
