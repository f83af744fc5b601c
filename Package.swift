// swift-tools-version: 6.2
import PackageDescription

// Every target is compiled with the same settings; see CONTRIBUTING.md "Compiler settings".
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// The hot path. Dynamic exclusivity checks cost 8 % of its user time; debug builds, and with them all tests, keep them.
let hot: [SwiftSetting] =
    strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["weir"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // Exact: the TLS target imports its CNIOBoringSSL, which is no public product (docs/adr/0003).
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // MARK: Values and pure functions
        .target(name: "HTTPSemantics", swiftSettings: strict),
        .target(name: "HTTP1", dependencies: ["HTTPSemantics"], swiftSettings: hot),
        .target(name: "HTTP2", dependencies: ["HTTP1", "HTTPSemantics"], swiftSettings: hot),
        .target(name: "KubernetesTypes", swiftSettings: strict),
        .target(name: "GatewayAPI", dependencies: ["KubernetesTypes"], swiftSettings: strict),
        .target(name: "CertManager", dependencies: ["GatewayAPI", "KubernetesTypes"], swiftSettings: strict),
        .target(
            name: "Manifests",
            dependencies: [
                "CertManager", "GatewayAPI", "KubernetesTypes", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(name: "Routing", dependencies: ["HTTPSemantics"], swiftSettings: strict),
        .target(
            name: "Reconciler", dependencies: ["Certificates", "GatewayAPI", "KubernetesTypes", "Routing"],
            swiftSettings: strict),

        .target(name: "Explain", dependencies: ["HTTP1", "HTTPSemantics", "Routing"], swiftSettings: strict),
        .target(
            name: "Certificates",
            dependencies: [
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .target(
            name: "Issuance",
            dependencies: [
                "Certificates", "CertManager", "KubernetesTypes", "Routing",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),

        .target(name: "Upstream", swiftSettings: hot),
        .target(name: "ProxyProtocol", swiftSettings: hot),

        // MARK: Data plane
        .target(name: "CLinux"),
        .target(name: "Telemetry", dependencies: ["HTTPSemantics", "Routing"], swiftSettings: hot),
        .target(
            name: "TLS", dependencies: ["Routing", .product(name: "NIOSSL", package: "swift-nio-ssl")],
            swiftSettings: hot),
        .target(
            name: "Proxy",
            dependencies: [
                "CLinux", "HTTP1", "HTTP2", "HTTPSemantics", "ProxyProtocol", "Routing", "Telemetry", "TLS", "Upstream",
            ],
            swiftSettings: hot),

        // MARK: Shell
        .target(
            name: "Echo",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "Console",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .target(
            name: "Controller",
            dependencies: [
                "CertManager", "Echo", "Explain", "GatewayAPI", "Issuance", "KubernetesTypes", "Manifests", "Proxy",
                "Reconciler", "Routing",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .target(
            name: "Commands",
            dependencies: [
                "Certificates", "CertManager", "CLinux", "Console", "Controller", "Echo", "Explain", "GatewayAPI",
                "HTTP1", "Issuance", "KubernetesTypes", "Manifests", "Proxy", "Reconciler", "Routing", "Telemetry",
                "TLS",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .executableTarget(name: "weir", dependencies: ["Commands"], swiftSettings: strict),

        // MARK: Tests
        .testTarget(name: "HTTP1Tests", dependencies: ["HTTP1", "HTTPSemantics"], swiftSettings: strict),
        .testTarget(name: "HTTP2Tests", dependencies: ["HTTP2", "HTTPSemantics"], swiftSettings: strict),
        .testTarget(
            name: "TLSTests",
            dependencies: [
                "Routing", "TLS",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ManifestsTests", dependencies: ["CertManager", "Manifests", "GatewayAPI", "KubernetesTypes"],
            swiftSettings: strict),
        .testTarget(name: "RoutingTests", dependencies: ["Routing", "HTTPSemantics"], swiftSettings: strict),
        .testTarget(
            name: "ReconcilerTests",
            dependencies: ["Certificates", "Reconciler", "GatewayAPI", "KubernetesTypes", "Manifests", "Routing"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests", dependencies: ["HTTPSemantics", "Routing", "Telemetry"], swiftSettings: strict),
        .testTarget(name: "NameResolutionTests", dependencies: ["Proxy"], swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: [.product(name: "NIOPosix", package: "swift-nio")],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "EchoTests",
            dependencies: [
                "Echo", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], swiftSettings: strict),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Console", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: strict),
        .testTarget(name: "CertificatesTests", dependencies: ["Certificates"], swiftSettings: strict),
        .testTarget(
            name: "IssuanceTests",
            dependencies: [
                "Certificates", "CertManager", "Issuance", "KubernetesTypes", "Manifests", "Routing",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(
            name: "CheckTests", dependencies: ["Commands", "KubernetesTypes", "Manifests"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "ExplainTests",
            dependencies: [
                "Commands", "Controller", "Explain", "HTTPSemantics", "KubernetesTypes", "Manifests", "Reconciler",
                "Routing",
            ],
            swiftSettings: strict),
        .testTarget(name: "ProxyProtocolTests", dependencies: ["ProxyProtocol"], swiftSettings: strict),
        .testTarget(name: "UpstreamTests", dependencies: ["Upstream"], swiftSettings: strict),
        .testTarget(
            name: "ProxyTests",
            dependencies: [
                "HTTPSemantics", "Proxy", "Routing", "Telemetry", "TestSupport", "Upstream",
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
