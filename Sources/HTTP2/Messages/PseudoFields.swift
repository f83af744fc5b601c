import Glibc

/// The pseudo-header fields of a head (RFC 9113 section 8.3, RFC 8441 section 4), as ranges of the buffer that the head
/// is decoded into.
struct PseudoFields {
    enum Name: UInt8, BitwiseCopyable {
        case method = 1
        case scheme = 2
        case authority = 4
        case path = 8
        case `protocol` = 16
        case status = 32
    }

    private var present: UInt8 = 0
    private(set) var method = 0..<0
    private(set) var scheme = 0..<0
    private(set) var authority = 0..<0
    private(set) var path = 0..<0
    private(set) var `protocol` = 0..<0
    private(set) var status = 0..<0

    @inline(__always)
    func has(_ name: Name) -> Bool { present & name.rawValue != 0 }

    /// Takes a field over; false when it is unknown, repeated, in the wrong kind of message, or has an impossible value.
    mutating func take(_ field: HeaderDecoder.Field, _ buffer: UnsafeMutableRawPointer, isRequest: Bool) -> Bool {
        let value = field.value..<field.value + field.valueLength
        guard FieldRules.isTargetPart(buffer + field.value, field.valueLength),
            let name = Self.name(buffer + field.name, field.nameLength), !has(name), (name == .status) != isRequest
        else { return false }
        present |= name.rawValue
        switch name {
        case .method: method = value
        case .scheme: scheme = value
        case .authority: authority = value
        case .path: path = value
        case .protocol: `protocol` = value
        case .status: status = value
        }
        return true
    }

    private static func name(_ name: UnsafeRawPointer, _ length: Int) -> Name? {
        switch length {
        case 5: FieldRules.equals(name, ":path") ? .path : nil
        case 7:
            if FieldRules.equals(name, ":method") {
                .method
            } else if FieldRules.equals(name, ":scheme") {
                .scheme
            } else {
                FieldRules.equals(name, ":status") ? .status : nil
            }
        case 9: FieldRules.equals(name, ":protocol") ? .protocol : nil
        case 10: FieldRules.equals(name, ":authority") ? .authority : nil
        default: nil
        }
    }

    // MARK: Requests

    private func isConnect(_ buffer: UnsafeRawPointer) -> Bool {
        method.count == 7 && FieldRules.equals(buffer + method.lowerBound, "CONNECT")
    }

    /// What an extended CONNECT asks for.
    func connectProtocol(_ buffer: UnsafeRawPointer) -> ConnectProtocol {
        guard has(.protocol) else { return .none }
        let isWebSocket = FieldRules.equals(
            buffer + `protocol`.lowerBound, `protocol`.count, anyCase: "websocket")
        return isWebSocket ? .webSocket : .other
    }

    /// POST, PUT and PATCH.
    func expectsContent(_ buffer: UnsafeRawPointer) -> Bool {
        let name = buffer + method.lowerBound
        return switch method.count {
        case 3: FieldRules.equals(name, "PUT")
        case 4: FieldRules.equals(name, "POST")
        case 5: FieldRules.equals(name, "PATCH")
        default: false
        }
    }

    /// Whether the fields that a request must have are there, and none that it must not have.
    func isCompleteRequest(_ buffer: UnsafeRawPointer) -> Bool {
        guard has(.method), method.count > 0 else { return false }
        if isConnect(buffer), !has(.protocol) {
            // Twice in the text, and bounded by the room in front of it.
            return has(.authority) && !has(.scheme) && !has(.path) && authority.count <= 300
        }
        guard has(.scheme), has(.path), path.count > 0 else { return false }
        guard !has(.protocol) || isConnect(buffer) && has(.authority) && `protocol`.count > 0 else { return false }
        guard !has(.protocol) || FieldRules.isName(buffer + `protocol`.lowerBound, `protocol`.count),
            `protocol`.count <= 32
        else { return false }
        guard
            FieldRules.equals(buffer + scheme.lowerBound, scheme.count, anyCase: "http")
                || FieldRules.equals(buffer + scheme.lowerBound, scheme.count, anyCase: "https")
        else { return false }
        // An absolute URI here would be read as another authority.
        let first = buffer.load(fromByteOffset: path.lowerBound, as: UInt8.self)
        guard first != UInt8(ascii: "/") else { return true }
        return first == UInt8(ascii: "*") && path.count == 1 && method.count == 7
            && FieldRules.equals(buffer + method.lowerBound, "OPTIONS")
    }

    /// Writes request line and Host so that they end at `end`, over these fields; returns where they begin.
    func writeRequestLine(_ buffer: UnsafeMutableRawPointer, endingAt end: Int) -> Int {
        let isPlainConnect = isConnect(buffer) && !has(.protocol)
        let target = isPlainConnect ? authority : path
        let hostCount = has(.authority) ? authority.count + 8 : 0
        // An extended CONNECT becomes the GET that would ask for the same upgrade.
        let methodCount = has(.protocol) ? 3 : method.count
        let count = methodCount + target.count + 12 + hostCount
        let start = end - count
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { line in
            guard let base = line.baseAddress else { return }
            var position = base
            func put(_ source: UnsafeRawPointer, _ count: Int) {
                memcpy(position, source, count)
                position += count
            }
            func put(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }
            if has(.protocol) { put("GET") } else { put(buffer + method.lowerBound, method.count) }
            put(" ")
            put(buffer + target.lowerBound, target.count)
            put(" HTTP/1.1\r\n")
            if has(.authority) {
                put("host: ")
                put(buffer + authority.lowerBound, authority.count)
                put("\r\n")
            }
            memcpy(buffer + start, base, count)
        }
        return start
    }

    // MARK: Responses

    /// The status code; 0 unless it is three digits.
    func status(_ buffer: UnsafeRawPointer) -> Int {
        guard has(.status), status.count == 3 else { return 0 }
        var code = 0
        for offset in status {
            let digit = buffer.load(fromByteOffset: offset, as: UInt8.self) &- 0x30
            guard digit < 10 else { return 0 }
            code = code * 10 + Int(digit)
        }
        return code
    }

    /// Writes a status line without reason phrase that ends at `end`; returns where it begins.
    func writeStatusLine(_ buffer: UnsafeMutableRawPointer, endingAt end: Int) -> Int {
        let code = (
            buffer.load(fromByteOffset: status.lowerBound, as: UInt8.self),
            buffer.load(fromByteOffset: status.lowerBound + 1, as: UInt8.self),
            buffer.load(fromByteOffset: status.lowerBound + 2, as: UInt8.self)
        )
        let start = end - 15
        let line: StaticString = "HTTP/1.1 200 \r\n"
        memcpy(buffer + start, line.utf8Start, 15)
        buffer.storeBytes(of: code.0, toByteOffset: start + 9, as: UInt8.self)
        buffer.storeBytes(of: code.1, toByteOffset: start + 10, as: UInt8.self)
        buffer.storeBytes(of: code.2, toByteOffset: start + 11, as: UInt8.self)
        return start
    }
}
