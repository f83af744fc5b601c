extension ExplainRequest.Field: Codable {
    private enum CodingKeys: CodingKey {
        case name, value
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            value: try container.decode(String.self, forKey: .value))
    }

    /// Values of credentials are not written.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(shownValue, forKey: .value)
    }

    /// The value, or `SensitiveFields.redacted`.
    package var shownValue: String { SensitiveFields.shown(value, of: name) }
}
