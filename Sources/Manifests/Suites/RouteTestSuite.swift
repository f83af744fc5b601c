package import KubernetesTypes

/// A file of `weir test`: requests, and what is expected to become of them (docs/test.md).
package struct RouteTestSuite: Sendable {
    /// Files and directories, relative to the suite's own directory.
    package var manifests: [String]
    package var tests: [RouteTest]
}

package struct RouteTest: Sendable {
    package var name: String
    package var request: Request
    package var expect: Expectations
    /// Where it stands in `locations`.
    package var path: FieldPath
    package var locations: FieldLocations?

    package struct Request: Sendable {
        package var url: String
        package var method: String
        package var headers: [Header]

        /// One field line.
        package struct Header: Sendable, Hashable {
            package var name: String
            package var value: String
        }
    }

    /// Where a field of the test stands in its file; the path counts from the test.
    package func location(of field: FieldPath) -> SourceLocation? {
        locations?.location(of: FieldPath(path.components + field.components))
    }
}

extension RouteTest {
    /// What is not said is not compared.
    package struct Expectations: Sendable, Hashable {
        /// `name` or `namespace/name`.
        package var route: String?
        package var rule: Rule?
        /// `listener`, `gateway/listener` or `namespace/gateway/listener`.
        package var listener: String?
        /// The hostname pattern whose rule takes the request.
        package var hostname: String?
        /// The backend that gets the share.
        package var backend: Backend?
        /// All backends with a share, in any order.
        package var backends: [Backend]?
        /// Of an answer that the gateway gives.
        package var status: Int?
        /// The status of gRPC with which the gateway ends a call itself.
        package var grpcStatus: Int?
        package var redirect: Redirect?
        /// As the backend sees it; with the query when there is a `?`.
        package var path: String?
        package var host: String?
        package var method: String?
        /// As the backend sees them.
        package var requestHeaders: [HeaderExpectation]?
        /// What the gateway does to the answer.
        package var responseHeaders: [HeaderExpectation]?
        /// All mirrors, in any order.
        package var mirrors: [Backend]?
        package var timeouts: Timeouts?
        package var retry: Retry?
        /// The name of the cookie or header that keeps sessions.
        package var session: String?
    }

    package enum Rule: Sendable, Hashable {
        case index(Int)
        case name(String)
    }

    package struct Backend: Sendable, Hashable {
        /// `name`, `namespace/name`, both also with `:port`.
        package var name: String
        /// In percent, as it is written; nil is everything.
        package var share: Share?
    }

    /// A share in percent.
    package struct Share: Sendable, Hashable {
        package var percent: Double
        /// How many decimals it was written with: what is compared.
        package var decimals: Int
    }

    package struct Redirect: Sendable, Hashable {
        package var location: String?
        package var status: Int?
    }

    package struct HeaderExpectation: Sendable, Hashable {
        package var name: String
        /// The values of all lines, joined by commas; nil when there must be none.
        package var value: String?
    }

    package struct Timeouts: Sendable, Hashable {
        package var request: String?
        package var backendRequest: String?
    }

    package struct Retry: Sendable, Hashable {
        package var attempts: Int?
        package var codes: [Int]?
        package var backoff: String?
    }
}
