// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets. A package of its own, since its code is instrumented: `Sources` holds links to the modules under
// test, which are compiled here once more with coverage and AddressSanitizer. See `run.sh`.
let instrumented: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-sanitize=fuzzer,address"]),
]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzDriver"] + dependencies, swiftSettings: instrumented,
        // lld: gold, the default, fails with an internal error here.
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

let package = Package(
    name: "weir-fuzz",
    dependencies: [.package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2")],
    targets: [
        .target(name: "HTTPSemantics", swiftSettings: instrumented),
        .target(name: "HTTP1", dependencies: ["HTTPSemantics"], swiftSettings: instrumented),
        .target(name: "HTTP1Properties", dependencies: ["HTTP1", "HTTPSemantics"], swiftSettings: instrumented),
        .target(name: "HTTP2", dependencies: ["HTTP1", "HTTPSemantics"], swiftSettings: instrumented),
        .target(name: "HTTP2Properties", dependencies: ["HTTP2"], swiftSettings: instrumented),
        .target(name: "Routing", dependencies: ["HTTPSemantics"], swiftSettings: instrumented),
        .target(
            name: "RoutingProperties", dependencies: ["HTTPSemantics", "Routing"], swiftSettings: instrumented),
        .target(name: "KubernetesTypes", swiftSettings: instrumented),
        .target(name: "GatewayAPI", dependencies: ["KubernetesTypes"], swiftSettings: instrumented),
        .target(
            name: "Manifests",
            dependencies: ["GatewayAPI", "KubernetesTypes", .product(name: "Yams", package: "Yams")],
            swiftSettings: instrumented),
        .target(name: "TLS", swiftSettings: instrumented),
        .target(name: "ClientHelloProperties", dependencies: ["TLS"], swiftSettings: instrumented),
        .target(name: "ProxyProtocol", swiftSettings: instrumented),
        .target(name: "ProxyProtocolProperties", dependencies: ["ProxyProtocol"], swiftSettings: instrumented),
        .target(name: "FuzzDriver", swiftSettings: instrumented),
        fuzzer("FuzzRequestHead", ["HTTP1Properties"]),
        fuzzer("FuzzResponseHead", ["HTTP1Properties"]),
        fuzzer("FuzzChunked", ["HTTP1Properties"]),
        fuzzer("FuzzHPACK", ["HTTP2Properties"]),
        fuzzer("FuzzHTTP2", ["HTTP2Properties"]),
        fuzzer("FuzzPath", ["HTTP1Properties"]),
        fuzzer("FuzzRegex", ["Routing"]),
        fuzzer("FuzzCORS", ["RoutingProperties"]),
        fuzzer("FuzzSession", ["RoutingProperties"]),
        fuzzer("FuzzManifests", ["Manifests"]),
        fuzzer("FuzzClientHello", ["ClientHelloProperties"]),
        fuzzer("FuzzProxyHeader", ["ProxyProtocolProperties"]),
    ],
    swiftLanguageModes: [.v6]
)
