/// Fields whose values are credentials. They are never printed: not the request's, not the manifest's.
package enum SensitiveFields {
    package static let redacted = "<redacted>"

    package static func isSensitive(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || parts.contains { name.contains($0) }
    }

    /// The value as it may be shown.
    package static func shown(_ value: String, of name: String) -> String {
        isSensitive(name) ? redacted : value
    }

    private static let names: Set = ["authorization", "proxy-authorization", "cookie", "set-cookie"]
    private static let parts = ["token", "secret", "password", "passwd", "api-key", "apikey", "credential"]
}
