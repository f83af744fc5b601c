import Glibc

/// One name being looked up: the hosts file first, then its A and AAAA records, asked for at the same time. Confined to
/// the resolver's thread.
struct NameLookup {
    /// Questions still on their way are polled by the resolver.
    let exchanges: [DNSExchange]
    let completion: @Sendable (NameResolution) -> Void
    private let immediate: NameResolution?

    init(
        name: String, sources: NameSources, now: ContinuousClock.Instant,
        completion: @escaping @Sendable (NameResolution) -> Void
    ) {
        self.completion = completion
        guard let dnsName = DNSName(name) else {
            exchanges = []
            immediate = .failure(.invalidName)
            return
        }
        let local = sources.hosts().addresses(of: dnsName)
        guard local.isEmpty else {
            exchanges = []
            immediate = .success(ResolvedName(addresses: local, timeToLive: HostsFile.timeToLive))
            return
        }
        let configuration = sources.configuration()
        immediate = nil
        exchanges = [DNSQuestion.RecordType.a, .aaaa].map { type in
            DNSExchange(question: DNSQuestion(name: dnsName, type: type), configuration: configuration, now: now)
        }
    }

    /// The result; nil while a question is open.
    var result: NameResolution? {
        if let immediate { return immediate }
        let outcomes = exchanges.compactMap(\.outcome)
        guard outcomes.count == exchanges.count else { return nil }
        return Self.combined(outcomes)
    }

    /// One family with addresses is enough. Without any, that the name does not exist is known for certain from either
    /// answer (RFC 8020); otherwise a question that failed leaves it open whether there are addresses.
    static func combined(_ outcomes: [Result<DNSExchange.Answer, NameResolutionError>]) -> NameResolution {
        var addresses: [ResolvedAddress] = []
        var seconds = UInt32.max
        var error = NameResolutionError.noAddresses
        for outcome in outcomes {
            switch outcome {
            case .success(.addresses(let found, let timeToLive)):
                addresses += found
                seconds = min(seconds, timeToLive)
            case .success(.noData): continue
            case .failure(let failure):
                if error != .noSuchName { error = failure }
            }
        }
        guard addresses.isEmpty else {
            return .success(ResolvedName(addresses: addresses, timeToLive: .seconds(Int64(seconds))))
        }
        return .failure(error)
    }
}

/// Where the answers come from; files are read for each lookup, so that changes of them count at once.
struct NameSources: Sendable {
    /// Asked instead of the servers in `configurationPath`.
    var server: DNSServer?
    var hostsPath: String
    var configurationPath: String

    func hosts() -> HostsFile { HostsFile(text: Self.text(ofFile: hostsPath)) }

    func configuration() -> ResolverConfiguration {
        var configuration = ResolverConfiguration(resolvConf: Self.text(ofFile: configurationPath))
        if let server { configuration.servers = [server] }
        return configuration
    }

    /// A file that cannot be read is as good as empty. Reads at most 1 MiB.
    private static func text(ofFile path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: part.prefix(count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
