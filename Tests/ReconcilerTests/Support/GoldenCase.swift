import Foundation
import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler
import Routing
import Testing

/// A file of `Golden/`: manifests, then `# ---- expected` and what becomes of them, as comments, so that the file as a
/// whole can be served with `weir run -f`.
///
/// A line `# settings: KEY=VALUE; KEY` before the manifests changes the settings, which are those of a standalone run:
/// `cluster`, `controller-name=NAME`, `external-names=refused`, `address=VALUE`, `hostname=VALUE`, `no-address`,
/// `pool=CIDR`, `override=NS/SERVICE:PORT=ADDRESS:PORT`, `unbindable=PORT[/udp] REASON`, `unbindable=ADDRESS@PORT REASON`,
/// `no-such-address=ADDRESS`.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    static let separator = "# ---- expected"
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")

    var url: URL
    /// `topic/name`.
    var name: String
    var input: String
    var expected: String

    static let all: [GoldenCase] = {
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        let urls = (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "yaml" }
        return urls.compactMap(GoldenCase.init).sorted { $0.name < $1.name }
    }()

    init?(_ url: URL) {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        self.url = url
        name = url.deletingPathExtension().pathComponents.suffix(2).joined(separator: "/")
        let parts = text.split(separator: Self.separator + "\n", maxSplits: 1, omittingEmptySubsequences: false)
        input = String(parts[0])
        expected = parts.count == 2 ? String(parts[1]) : ""
    }

    var testDescription: String { name }

    func write(expected: String) throws {
        let start = input.hasSuffix("\n") ? input : input + "\n"
        try (start + Self.separator + "\n" + expected).write(to: url, atomically: true, encoding: .utf8)
    }

    // MARK: Settings

    var settings: ReconcilerSettings {
        get throws {
            var settings = ReconcilerSettings(standalone: true, externalNameServices: .allowed)
            for line in input.split(separator: "\n") where line.hasPrefix("# settings:") {
                for item in line.dropFirst("# settings:".count).split(separator: ";") {
                    try Self.apply(item.trimmingCharacters(in: .whitespaces), to: &settings)
                }
            }
            return settings
        }
    }

    struct UnknownSetting: Error {
        var text: String
    }

    private static func apply(_ item: String, to settings: inout ReconcilerSettings) throws {
        let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("cluster", nil): settings.standalone = false
        case ("controller-name", let name?): settings.additionalControllerNames.insert(name)
        case ("external-names", "refused"?): settings.externalNameServices = .refused
        case ("no-address", nil): settings.addresses = []
        case ("address", let value?): settings.addresses = [GatewayStatusAddress(value: value)]
        case ("hostname", let value?):
            settings.addresses.append(GatewayStatusAddress(type: .hostname, value: value))
        case ("pool", let value?):
            guard let range = AddressRange(value) else { throw UnknownSetting(text: item) }
            settings.addressPool = AddressPool((settings.addressPool?.ranges ?? []) + [range])
        case ("no-such-address", let value?):
            settings.unbindableAddresses[value] = "this machine does not have it"
        case ("unbindable", let value?):
            let words = value.split(separator: " ", maxSplits: 1)
            let isDatagram = words[0].hasSuffix("/udp")
            let socket = words[0].dropLast(isDatagram ? 4 : 0).split(separator: "@")
            guard words.count == 2, let number = socket.last, let port = UInt16(number) else {
                throw UnknownSetting(text: item)
            }
            let address = socket.count == 2 ? String(socket[0]) : nil
            let bound = BindAddress(address: address, port: port, transport: isDatagram ? .datagram : .stream)
            settings.unbindablePorts[bound] = String(words[1])
        case ("override", let value?):
            let words = value.split { "/:=".contains($0) }.map(String.init)
            guard words.count == 5, let port = UInt16(words[2]), let target = UInt16(words[4]) else {
                throw UnknownSetting(text: item)
            }
            let id = BackendID(service: ObjectName(namespace: words[0], name: words[1]), port: port)
            settings.backendOverrides[id] = [Endpoint(host: .address(words[3]), port: target)]
        default: throw UnknownSetting(text: item)
        }
    }

    // MARK: Objects

    struct Rejected: Error, CustomStringConvertible {
        var description: String
    }

    var state: ClusterState {
        get throws {
            let manifests = ManifestDecoder().decode(input, file: name)
            if let diagnostic = manifests.diagnostics.first(where: { $0.severity == .error }) {
                throw Rejected(description: "\(diagnostic)")
            }
            var state = ClusterState()
            for object in manifests.objects { state.set(object.object) }
            return state
        }
    }
}

extension ClusterState {
    mutating func set(_ object: ManifestObject) {
        switch object {
        case .gatewayClass(let object): set(object)
        case .gateway(let object): set(object)
        case .listenerSet(let object): set(object)
        case .httpRoute(let object): set(object)
        case .grpcRoute(let object): set(object)
        case .tlsRoute(let object): set(object)
        case .tcpRoute(let object): set(object)
        case .udpRoute(let object): set(object)
        case .referenceGrant(let object): set(object)
        case .backendTLSPolicy(let object): set(object)
        case .xBackend(let object): set(object)
        case .xBackendTrafficPolicy(let object): set(object)
        case .service(let object): set(object)
        case .endpointSlice(let object): set(object)
        case .namespace(let object): set(object)
        case .secret(let object): set(object)
        case .configMap(let object): set(object)
        case .certificate, .issuer, .clusterIssuer, .unknown: break
        }
    }
}
