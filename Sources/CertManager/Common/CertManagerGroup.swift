package import KubernetesTypes

/// The API group of cert-manager's kinds that Weir serves without a cluster (https://cert-manager.io/docs/reference/api-docs/).
package let certManagerGroup = "cert-manager.io"

/// `metav1.Duration`: a length of time as Go writes it, such as `2160h`, `1.5h` or `2160h0m0s`.
package struct GoDuration: Sendable, Hashable {
    /// Fractions of a second are cut off; negative durations are not read.
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func hours(_ hours: Int64) -> GoDuration { GoDuration(seconds: hours * 3_600) }

    /// nil when the text is anything else, or longer than a thousand years.
    package init?(_ text: String) {
        let units: [(String, Double)] = [
            ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3_600),
        ]
        var rest = text[...]
        var seconds = 0.0
        if text == "0" { rest = "" } else if text.isEmpty { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            let unit = rest.dropFirst(digits.count).prefix { $0 != "." && !("0"..."9").contains($0) }
            guard let number = Double(digits), let factor = units.first(where: { $0.0 == unit })?.1 else { return nil }
            seconds += number * factor
            rest = rest.dropFirst(digits.count + unit.count)
        }
        guard seconds < 1000 * 366 * 86_400 else { return nil }
        self.seconds = Int64(seconds)
    }
}

/// The condition types that cert-manager's kinds have here.
package enum CertManagerConditionType {
    package static let ready = "Ready"
    package static let issuing = "Issuing"
}

/// `issuerRef`: who signs.
package struct IssuerReference: Sendable, Hashable {
    package var name: String
    /// `Issuer` (the default) or `ClusterIssuer`; other kinds belong to other controllers.
    package var kind: String
    package var group: String

    package init(name: String, kind: String = "Issuer", group: String = certManagerGroup) {
        self.name = name
        self.kind = kind
        self.group = group
    }

    /// The object that a Certificate of `namespace` means.
    package func key(from namespace: String) -> ObjectKey {
        ObjectKey(group: group, kind: kind, namespace: kind == "ClusterIssuer" ? "" : namespace, name: name)
    }
}
