import TLS
import Testing

@Suite struct TLSLibraryTests {
    @Test func `the library says what it is`() {
        #expect(TLSLibrary.version.contains("BoringSSL"))
    }
}
