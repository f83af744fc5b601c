// swift-tools-version: 6.2
import PackageDescription

// Benchmarks of pure functions, without sockets. A package of its own, since only a member of the package sees the
// modules' declarations: `Sources` holds links to them, and they are compiled here once more, as they are for release.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "weir-micro",
    targets: [
        .target(name: "HTTPSemantics", swiftSettings: settings),
        .target(name: "Routing", dependencies: ["HTTPSemantics"], swiftSettings: settings),
        .target(name: "KubernetesTypes", swiftSettings: settings),
        .target(name: "GatewayAPI", dependencies: ["KubernetesTypes"], swiftSettings: settings),
        .target(
            name: "Reconciler", dependencies: ["GatewayAPI", "KubernetesTypes", "Routing"], swiftSettings: settings),
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: ["GatewayAPI", "HTTPSemantics", "KubernetesTypes", "Reconciler", "Routing"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
