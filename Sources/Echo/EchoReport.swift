import NIOHTTP1

/// What an echo backend tells of one request, and its JSON form.
struct EchoReport {
    var identity: EchoIdentity
    /// Address and port that the request arrived at.
    var endpoint: String
    var head: HTTPRequestHead
    /// Length of the request body without its chunk framing.
    var bodyBytes: Int

    /// Pretty-printed, ended by a newline. The keys have a fixed order, which Foundation's encoder cannot promise.
    var json: [UInt8] {
        var json = JSONText()
        json.open()
        json.member("service", identity.service)
        json.member("namespace", identity.namespace)
        json.member("pod", identity.podName)
        json.member("endpoint", endpoint)
        json.member("method", head.method.rawValue)
        json.member("path", head.uri)
        json.member("proto", "HTTP/\(head.version.major).\(head.version.minor)")
        json.member("host", head.headers.first(name: "Host") ?? "")
        json.openMember("headers")
        for field in grouped { json.member(field.name, field.values) }
        json.close()
        json.member("bodyBytes", bodyBytes)
        json.close()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Fields of one name together, at the place and in the spelling of the first. Names differ by more than case
    /// (RFC 9110 section 5.1), so no JSON key appears twice.
    private var grouped: [(name: String, values: [String])] {
        var fields: [(name: String, values: [String])] = []
        var positions: [String: Int] = [:]
        for (name, value) in head.headers {
            let key = name.lowercased()
            if let position = positions[key] {
                fields[position].values.append(value)
            } else {
                positions[key] = fields.count
                fields.append((name, [value]))
            }
        }
        return fields
    }
}
