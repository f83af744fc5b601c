import KubernetesTypes

extension Service: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(metadata: fields.requiredObject("metadata"), spec: fields.requiredObject("spec"))
        fields.ignore("apiVersion", "kind", "status")
    }
}

extension ServiceSpec: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            type: fields.closedEnum("type") ?? .clusterIP,
            ports: fields.list("ports") ?? [],
            clusterIP: fields.string("clusterIP").flatMap { $0.isEmpty ? nil : $0 },
            clusterIPs: fields.strings("clusterIPs") ?? [],
            externalName: fields.string("externalName"),
            selector: fields.stringMap("selector") ?? [:])
        fields.ignore(
            "allocateLoadBalancerNodePorts", "externalIPs", "externalTrafficPolicy", "healthCheckNodePort",
            "internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP",
            "loadBalancerSourceRanges", "publishNotReadyAddresses", "sessionAffinity", "sessionAffinityConfig",
            "trafficDistribution")
    }
}

extension ServicePort: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.string("name") ?? "",
            port: fields.requiredPort("port"),
            targetPort: fields.integerOrString("targetPort"),
            protocol: fields.closedEnum("protocol") ?? .tcp,
            appProtocol: fields.string("appProtocol"))
        fields.ignore("nodePort")
    }
}

extension EndpointSlice: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"),
            addressType: fields.closedEnum("addressType") ?? .ipv4,
            endpoints: fields.list("endpoints") ?? [],
            ports: fields.list("ports") ?? [])
        if fields.entry("addressType") == nil {
            fields.missing("addressType", help: "Add it with one of: IPv4, IPv6, FQDN.")
        }
        fields.ignore("apiVersion", "kind")
    }
}

extension SliceEndpoint: FieldDecodable {
    init(_ fields: FieldReader) {
        let target: TargetReference? = fields.object("targetRef")
        if fields.entry("addresses") == nil { fields.missing("addresses", help: "Add it with at least one entry.") }
        self.init(
            addresses: fields.strings("addresses") ?? [],
            conditions: fields.object("conditions") ?? EndpointConditions(),
            targetName: target?.name)
        fields.ignore("deprecatedTopology", "hints", "hostname", "nodeName", "zone")
    }
}

/// `EndpointSlice.endpoints[].targetRef`.
private struct TargetReference: FieldDecodable {
    var name: String?

    init(_ fields: FieldReader) {
        name = fields.string("name")
        fields.ignore("apiVersion", "fieldPath", "kind", "namespace", "resourceVersion", "uid")
    }
}

extension EndpointConditions: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            ready: fields.boolean("ready"), serving: fields.boolean("serving"),
            terminating: fields.boolean("terminating"))
    }
}

extension SlicePort: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            name: fields.string("name") ?? "", port: fields.port("port"),
            protocol: fields.closedEnum("protocol") ?? .tcp, appProtocol: fields.string("appProtocol"))
    }
}

extension Namespace: FieldDecodable {
    init(_ fields: FieldReader) {
        var metadata: ObjectMeta = fields.requiredObject("metadata")
        // The API server puts this label on every Namespace.
        if !metadata.name.isEmpty { metadata.labels[Self.nameLabel] = metadata.name }
        self.init(metadata: metadata)
        fields.ignore("apiVersion", "kind", "spec", "status")
    }
}

extension ConfigMap: FieldDecodable {
    init(_ fields: FieldReader) {
        self.init(
            metadata: fields.requiredObject("metadata"),
            data: fields.stringMap("data") ?? [:],
            binaryData: fields.base64Map("binaryData") ?? [:])
        fields.ignore("apiVersion", "immutable", "kind")
    }
}

extension Secret: FieldDecodable {
    init(_ fields: FieldReader) {
        fields.context.hidesText = true
        let metadata: ObjectMeta = fields.requiredObject("metadata")
        var data = fields.base64Map("data")?.mapValues(SecretBytes.init) ?? [:]
        for (key, text) in fields.stringMap("stringData") ?? [:] { data[key] = SecretBytes(Array(text.utf8)) }
        self.init(metadata: metadata, type: fields.string("type") ?? "Opaque", data: data)
        fields.ignore("apiVersion", "immutable", "kind")
    }
}

extension FieldReader {
    /// A map of base64 texts. Messages never repeat the texts.
    fileprivate func base64Map(_ name: String) -> [String: [UInt8]]? {
        guard let entries = map(name) else { return nil }
        var map: [String: [UInt8]] = [:]
        for (entry, path) in entries {
            switch entry.value.value {
            case _ where entry.value.isNull: map[entry.key] = []
            case .plain(let text), .string(let text):
                if let bytes = Base64.decode(text) {
                    map[entry.key] = bytes
                } else {
                    context.error(
                        .notBase64,
                        "The value is not base64.",
                        help: name == "data" ? "Encode it, or move it to stringData." : "Encode it.",
                        at: entry.position, path: path)
                }
            case .mapping, .sequence:
                context.error(
                    .wrongType,
                    "The value must be base64 text, not \(entry.value.kind).", help: "Check the indentation.",
                    at: entry.position, path: path)
            }
        }
        return map
    }
}
