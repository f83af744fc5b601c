/// How much of a message head the parsers accept before they refuse it.
///
/// A caller's receive buffer must hold `maximumHeadBytes`, or treat a buffer that is full and still `.incomplete`
/// as too large itself.
package struct HeadLimits: Sendable, BitwiseCopyable, Equatable {
    /// Longest request line or status line in bytes without its CRLF; a longer request line is a 414.
    package var requestLineBytes: Int
    /// Longest header section in bytes: all field lines, their CRLFs and the final empty line; beyond it is a 431.
    /// Also bounds a trailer section.
    package var headerSectionBytes: Int
    /// Most field lines of a header section or trailer section; one more is a 431. Never more than the capacity of
    /// the `FieldStorage` in use.
    package var fieldCount: Int

    package init(requestLineBytes: Int = 16 * 1024, headerSectionBytes: Int = 64 * 1024, fieldCount: Int = 128) {
        self.requestLineBytes = requestLineBytes
        self.headerSectionBytes = headerSectionBytes
        self.fieldCount = fieldCount
    }

    /// No head longer than this many bytes stays `.incomplete`: the sum of the limits, the empty lines that may
    /// precede a request line, and line ends.
    @inlinable
    package var maximumHeadBytes: Int {
        requestLineBytes + headerSectionBytes + 16
    }
}
