import Glibc
package import KubernetesTypes

/// The time of day, and waiting for it. Certificates count in wall-clock time, also while a machine sleeps.
package protocol CertificateClock: Sendable {
    var now: Timestamp { get }
    /// Returns at `moment` or soon after it.
    /// - Throws: `CancellationError`.
    func sleep(until moment: Timestamp) async throws
}

/// The system's.
package struct SystemCertificateClock: CertificateClock {
    /// A clock that is set, or a machine that slept, is noticed after this long.
    private static let longestSleep: Int64 = 300

    package init() {}

    package var now: Timestamp { Timestamp(secondsSince1970: Int64(time(nil))) }

    package func sleep(until moment: Timestamp) async throws {
        while now < moment {
            let rest = moment.secondsSince1970 - now.secondsSince1970
            try await Task.sleep(for: .seconds(min(rest, Self.longestSleep)))
        }
    }
}
