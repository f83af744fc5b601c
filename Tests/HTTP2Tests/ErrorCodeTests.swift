import HTTP2
import Testing

@Suite struct ErrorCodeTests {
    @Test func `the codes are those of RFC 9113 section 7`() {
        #expect(ErrorCode.enhanceYourCalm.rawValue == 11)
        #expect(ErrorCode.http11Required.rawValue == 13)
    }
}
