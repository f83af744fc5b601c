/// What a property found wrong: shown by the fuzzer before it crashes, and by the test that replays its findings.
package struct PropertyViolation: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Throws a violation when `condition` does not hold.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    guard condition else { throw PropertyViolation(description()) }
}
