import HTTP2

/// One end of a connection, its buffers, and what happened there.
final class Endpoint {
    var state: ConnectionState
    private let head: UnsafeMutableRawPointer
    private var pending: [UInt8] = []
    /// Everything that was received is looked at as if this much time had passed.
    var now: UInt64 = 1_000_000_000
    private(set) var events: [Event] = []

    /// An event with what it referred to.
    struct Event: Equatable, CustomStringConvertible {
        var event: ConnectionEvent
        var text = ""

        var description: String { "\(event) \(text)" }
    }

    init(_ role: Role, _ settings: LocalSettings = LocalSettings(), starts: Bool = true) {
        state = ConnectionState(role: role, settings: settings, now: now)
        head = .allocate(byteCount: settings.headBufferBytes, alignment: 16)
        if starts { state.start() }
    }

    deinit {
        head.deallocate()
    }

    /// A server whose client has said hello, or a client whose server has.
    static func ready(_ role: Role, _ settings: LocalSettings = LocalSettings(), _ more: Frame...) -> Endpoint {
        let endpoint = Endpoint(role, settings)
        if role == .server { endpoint.receive(Array(ConnectionPreface.bytes)) }
        endpoint.receive([.settings()] + more)
        _ = endpoint.takeOutput()
        endpoint.takeEvents()
        return endpoint
    }

    func receive(_ frames: [Frame]) { receive(frames.flatMap(\.bytes)) }
    func receive(_ frames: Frame...) { receive(frames) }

    /// Receives bytes, all at once or in pieces of `size`.
    func receive(_ bytes: [UInt8], inPiecesOf size: Int = .max) {
        var rest = bytes[...]
        repeat {
            pending += rest.prefix(size)
            rest = rest.dropFirst(size)
            work()
        } while !rest.isEmpty
    }

    private func work() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pending.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: pending)
        var consumed = 0
        while true {
            let event = state.receive(buffer, consumed: &consumed, head: head, now: now)
            switch event {
            case .needMore:
                pending.removeFirst(consumed)
                return
            case .head(_, let text, _), .interim(_, let text), .trailers(_, let text):
                events.append(Event(event: event, text: read(head + text.offset, text.count)))
            case .data(_, let offset, let count, _):
                guard let base = buffer.baseAddress else { return }
                events.append(Event(event: event, text: read(base + offset, count)))
            case .connectionFailed:
                events.append(Event(event: event))
                pending = []
                return
            default: events.append(Event(event: event))
            }
        }
    }

    private func read(_ base: UnsafeRawPointer, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }

    @discardableResult
    func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    func takeBytes() -> [UInt8] {
        let bytes = Array(state.output.bytes)
        state.output.release()
        return bytes
    }

    func takeOutput() -> [Frame] { Frame.all(in: takeBytes()) }

    func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes(body)
    }

    func respond(_ slot: Int, _ text: String = "HTTP/1.1 200 OK\r\n\r\n", ends: Bool = true) {
        withBytes(text) { state.sendResponseHead(slot, $0, endsStream: ends) }
    }

    @discardableResult
    func send(_ slot: Int, _ count: Int, ends: Bool = false) -> Int {
        [UInt8](repeating: 0x62, count: count).withUnsafeBytes { state.sendData(slot, $0, endsStream: ends) }
    }

    func request(_ text: String = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", ends: Bool = true) -> Int {
        withBytes(text) { state.openStream($0, isTLS: false, acceptsTrailers: false, endsStream: ends) }
    }
}
