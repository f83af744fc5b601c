// swift-format-ignore-file
// Written by scripts/diagnostics-catalogue.py from docs/diagnostics.md; change it there.

extension DiagnosticCatalogue {
    /// Ascending.
    static let entries: [Entry] = [
        Entry(1001, #"The file cannot be read"#, #"""
            The path does not exist, may not be read, or is larger than 16 MiB. The reason is the operating system's. Correct the path
            or its permissions.
            """#),
        Entry(1002, #"Not YAML or JSON"#, #"""
            The text has a syntax error, or is not UTF-8. The place is where the parser gave up; the mistake is often one line above:
            a missing space after a colon, a tab in the indentation, a quote that is not closed. Other documents of the file, between
            `---` lines, are read all the same.
            """#),
        Entry(1003, #"Not a Kubernetes object"#, #"""
            Every document is a mapping with `apiVersion` and `kind`. A Helm values file among the manifests gives
            this error too: name the files that are meant with `-f`.
            """#),
        Entry(1004, #"Unknown version of a kind"#, #"""
            The kind is known, its version is not, for example `gateway.networking.k8s.io/v1alpha2` for an HTTPRoute. Write one of the
            versions that the message names.
            """#),
        Entry(1005, #"Misspelled kind"#, #"""
            A warning. The API group is the Gateway API's, and the kind is nearly one of its kinds: `HttpRoute`, `Gatway`. The object is
            ignored.
            """#),
        Entry(1006, #"Too large"#, #"""
            The file has more than a million values, nests deeper than 64 levels, or uses more than 10,000 YAML aliases. Nothing that
            people write does.
            """#),
        Entry(1007, #"Unknown field"#, #"""
            A warning. The kind has no such field, so it has no effect: a misspelling (`backendRef` for `backendRefs`), a field of another
            version or implementation, or a wrong indentation. The API server drops it or refuses the object, depending on how it is
            asked.
            """#),
        Entry(1008, #"Missing field"#, #"""
            A field that the kind requires is absent.
            """#),
        Entry(1009, #"Wrong type"#, #"""
            A number where text is expected, a mapping where a list is, and so on. YAML reads `yes`, `1.0` and `null` as something other
            than text: put them in quotes. An object without `- ` in front is no list entry.
            """#),
        Entry(1010, #"Not base64"#, #"""
            A value below `data` of a Secret, or below `binaryData` of a ConfigMap, is not base64. Encode it, or put it below
            `stringData` as it is. The message never repeats the value.
            """#),
        Entry(1011, #"Object stands twice"#, #"""
            Two documents have the same kind, namespace and name. The first one, by the name of the file and then by position, is used.
            """#),
        Entry(1012, #"Namespace of a cluster-scoped object"#, #"""
            A warning. GatewayClasses and Namespaces are in no namespace; `metadata.namespace` has no effect.
            """#),
        Entry(1013, #"Kind not served"#, #"""
            A note. This version of weir does not know the kind, and leaves the object alone.
            """#),
        Entry(1014, #"Key stands twice"#, #"""
            A mapping has the same key twice. YAML allows one only, and which of the two counts depends on the parser.
            """#),
        Entry(1030, #"Empty text"#, #"""
            The field is set to `""` and must not be empty. Leave an optional field out instead.
            """#),
        Entry(1031, #"Text too long"#, #"""
            The text is longer than the CRD allows, counted in characters.
            """#),
        Entry(1032, #"Invalid format"#, #"""
            The text is not what the field takes: a name with capital letters or underscores, a hostname with a port, a header name with
            spaces. The help says what it must be.
            """#),
        Entry(1033, #"Number out of range"#, #"""
            A port outside of 1 to 65535, a weight above 1,000,000, a retry code outside of 400 to 599, and the like.
            """#),
        Entry(1034, #"Unknown value"#, #"""
            The field takes one of a list of values, and this is none of them. Values are case-sensitive: `PathPrefix`, not
            `pathprefix`.
            """#),
        Entry(1035, #"Too few or too many entries"#, #"""
            A list or map has fewer entries than required or more than the CRD allows, for example more than 16 rules. Move some to
            another object.
            """#),
        Entry(1036, #"Stands twice"#, #"""
            An entry of a list repeats the name or value of another one where each may stand only once: listener names, header names in
            one match, rule names, ports of `perPort`.
            """#),
        Entry(1037, #"Not a duration"#, #"""
            Durations are one to four numbers with `h`, `m`, `s` or `ms` (GEP-2257): `1m30s`, `500ms`. Not `1.5s`, `1d` or `30`.
            """#),
        Entry(1038, #"Not a time"#, #"""
            Times are written as in RFC 3339, such as `2026-01-31T12:00:00Z`.
            """#),
        Entry(1050, #"Values of a label selector"#, #"""
            `In` and `NotIn` need `values`; `Exists` and `DoesNotExist` take none.
            """#),
        Entry(1051, #"Service without ports"#, #"""
            Only headless Services and those of type ExternalName may have no ports.
            """#),
        Entry(1101, #"Listener taken"#, #"""
            Port, protocol and hostname of a listener are those of an earlier one. A listener without hostname is another one than a
            listener with one.
            """#),
        Entry(1102, #"TLS on a listener without TLS"#, #"""
            HTTP, TCP and UDP listeners have no `tls`. `protocol: HTTPS` is probably meant.
            """#),
        Entry(1103, #"TLS mode of an HTTPS listener"#, #"""
            HTTPS listeners terminate TLS. To pass connections through, use `protocol: TLS` and TLSRoutes.
            """#),
        Entry(1104, #"TLS listener without `tls`"#, #"""
            A listener of protocol TLS needs `tls` with a mode.
            """#),
        Entry(1105, #"Hostname on a TCP or UDP listener"#, #"""
            Nothing in TCP or UDP tells a hostname, so the listener cannot have one.
            """#),
        Entry(1106, #"Certificate missing"#, #"""
            A listener that terminates TLS needs `certificateRefs` (or `options` of an implementation).
            """#),
        Entry(1107, #"Not an IP address"#, #"""
            An entry of `spec.addresses` of type IPAddress, which is the default, is not an IPv4 or IPv6 address.
            """#),
        Entry(1108, #"Key prefix too long"#, #"""
            What stands before the `/` in a key of `infrastructure.labels` or `.annotations` is longer than 252 characters.
            """#),
        Entry(1120, #"Port of a Service missing"#, #"""
            A reference to a Service names the port of the Service, not that of its pods:

                backendRefs:
                  - name: shop
                    port: 80
            """#),
        Entry(1121, #"Parent named twice"#, #"""
            Two parentRefs name the same parent. They must differ in `sectionName` or `port`, and set the same of these two fields.
            """#),
        Entry(1201, #"Too many matches"#, #"""
            All rules of a route together may have 128 matches. Split the route.
            """#),
        Entry(1202, #"Redirect with backends"#, #"""
            A rule that redirects forwards nothing; take `backendRefs` or the filter out.
            """#),
        Entry(1203, #"Redirect with rewrite"#, #"""
            `RequestRedirect` and `URLRewrite` exclude each other. A redirect has its own `path` and `hostname`.
            """#),
        Entry(1204, #"Filter repeated"#, #"""
            All filters but RequestMirror, ExtensionRef and ExternalAuth may stand once in a list. Merge the two.
            """#),
        Entry(1205, #"Member of another type"#, #"""
            A field is set that belongs to another `type` (or `protocol`) than the one stated: `urlRewrite` in a filter of type
            RequestRedirect.
            """#),
        Entry(1206, #"Member missing"#, #"""
            The field that belongs to the `type` (or `protocol`) is absent: a filter of type `URLRewrite` needs `urlRewrite`.
            """#),
        Entry(1207, #"Prefix replacement without prefix"#, #"""
            `ReplacePrefixMatch` needs a rule with exactly one match, of type PathPrefix; otherwise there is no one prefix to replace.
            """#),
        Entry(1208, #"Invalid path"#, #"""
            Requests' paths are normalised before they are matched, so a path with `//`, `/./`, `/../`, `%2f` or `#` could never match;
            neither could one without `/` in front.
            """#),
        Entry(1209, #"Backend timeout too long"#, #"""
            `timeouts.backendRequest` is for one attempt and cannot be longer than `timeouts.request`, which is for all of them.
            """#),
        Entry(1210, #"Permanent cookie without timeout"#, #"""
            `lifetimeType: Permanent` needs `absoluteTimeout`: how long the cookie is kept.
            """#),
        Entry(1211, #"Cookie settings without cookie"#, #"""
            `cookieConfig` is only for `type: Cookie`.
            """#),
        Entry(1212, #"Percent and fraction"#, #"""
            A mirror takes `percent` or `fraction`, not both.
            """#),
        Entry(1213, #"Fraction above one"#, #"""
            The numerator is larger than the denominator.
            """#),
        Entry(1214, #"Wildcard not alone"#, #"""
            `*` stands for everything, so other values next to it have no meaning.
            """#),
        Entry(1301, #"Target named twice"#, #"""
            A policy has two `targetRefs` for one object. Name it once; in a BackendTLSPolicy entries for several ports of a Service
            are told apart by `sectionName`, which then every one of them has.
            """#),
        Entry(1302, #"Two sources of trust"#, #"""
            `caCertificateRefs` and `wellKnownCACertificates` exclude each other. Keep one.
            """#),
        Entry(1303, #"No source of trust"#, #"""
            Nothing says which CA certificates are trusted. Add `caCertificateRefs`, or `wellKnownCACertificates: System`.
            """#),
        Entry(1304, #"External hostname of the cluster"#, #"""
            The hostname of an XBackend ends in `.cluster.local`. An XBackend is for what is outside; refer to the Service itself.
            """#),
        Entry(1305, #"Interval out of range"#, #"""
            The interval of a retry budget is from 1s to 1h, that of `minRetryRate` above zero and at most 1h.
            """#),
        Entry(1400, #"IP address as a server name"#, #"""
            A TLSRoute chooses by the server name (SNI) of the client, and no client sends an IP address as one. Write a DNS name, or route
            the whole port with a TCPRoute.
            """#),
        Entry(1401, #"Neither service nor method"#, #"""
            A `method` match of a GRPCRoute names a `service`, a `method` or both. Without `method` a match takes every call.
            """#),
        Entry(1480, #"Certificate for nobody"#, #"""
            A Certificate needs a name: `dnsNames`, `ipAddresses`, `uris` or a `commonName`. Browsers look at `dnsNames` and
            `ipAddresses` only.
            """#),
        Entry(1481, #"Times of a certificate"#, #"""
            `duration` is 1h or more (90 days when it is not set), `renewBefore` 5m or more and shorter than the certificate's life.
            `renewBefore` and `renewBeforePercentage` exclude each other.
            """#),
        Entry(1482, #"Type of an issuer"#, #"""
            An Issuer or ClusterIssuer has exactly one of `selfSigned`, `ca` and `acme` (cert-manager also knows `vault` and `venafi`), and
            every solver of an ACME issuer has a type.
            """#),
        Entry(1483, #"Key size"#, #"""
            RSA keys have 2048, 3072, 4096 or 8192 bits, ECDSA keys 256, 384 or 521.
            """#),
        Entry(2001, #"GatewayClass with parameters"#, #"""
            `spec.parametersRef` of a GatewayClass is set. Classes of this controller have no parameters, so it cannot mean anything:
            the class is not accepted (`InvalidParameters`), and neither are its Gateways. Remove the field.
            """#),
        Entry(2002, #"The class of the Gateway is not accepted"#, #"""
            The Gateway is refused because its GatewayClass is (see WR2001). Correct the class.
            """#),
        Entry(2003, #"The class belongs to another controller"#, #"""
            The GatewayClass exists, but its `controllerName` is not ours, so the Gateway is ignored. To serve manifests written for
            another implementation, run with `--controller-name` and the name that the message gives.
            """#),
        Entry(2004, #"There is no such GatewayClass"#, #"""
            `gatewayClassName: wier` names a class that does not exist; the Gateway is ignored. Create the class or correct the name.
            Without a cluster and without any class in the files a class `weir` exists.
            """#),
        Entry(2010, #"Gateway with parameters"#, #"""
            `spec.infrastructure.parametersRef` is set. Gateways of this controller have no parameters: the Gateway is not accepted
            (`InvalidParameters`). Remove the field.
            """#),
        Entry(2011, #"Type of address not supported"#, #"""
            An entry of `spec.addresses` has another type than `IPAddress` and `Hostname`, such as the deprecated `NamedAddress`. The
            Gateway is not accepted (`UnsupportedAddress`), whatever the other entries say.
            """#),
        Entry(2012, #"Address cannot be used"#, #"""
            A requested address is not one of this installation: not the bind address, not in `--address-pool`, held by another
            Gateway, or not an address of this machine. `Programmed` is False (`AddressNotUsable`); other addresses of the list are
            served. Leave the value out to be given an address.
            """#),
        Entry(2013, #"No address"#, #"""
            There is no address to give the Gateway: the pool is exhausted, or has none of the requested type. `Programmed` is False
            (`AddressNotAssigned`). Enlarge `--address-pool`.
            """#),
        Entry(2014, #"Reserved label or annotation"#, #"""
            `spec.infrastructure.labels` or `.annotations` has a key below `gateway.networking.k8s.io/`. Those are the controller's;
            the value is ignored. Take it out.
            """#),
        Entry(2021, #"Unknown protocol"#, #"""
            `protocol: HTPP` is nothing that the Gateway API knows (`UnsupportedProtocol`). Write HTTP, HTTPS, TLS, TCP or UDP.
            """#),
        Entry(2022, #"Hostname of a listener is no name"#, #"""
            For example an IP address: it passes the CRD's pattern, but nothing can match it. The listener is not accepted
            (`UnsupportedValue`).
            """#),
        Entry(2023, #"TLS of a listener"#, #"""
            An HTTPS listener without `tls`, without `certificateRefs` or with another mode than Terminate; a TLS listener without `tls`, or
            one that terminates without `certificateRefs`. Name a Secret of type kubernetes.io/tls. A TLS listener that passes connections
            on as they are has `mode: Passthrough`.
            """#),
        Entry(2024, #"Hostname conflict"#, #"""
            Two listeners have the same port, protocol and hostname; or one is HTTPS and the other TLS, which share a port by server name, and
            want the same one. Among a Gateway's own listeners neither is served; a listener of a
            ListenerSet loses against the Gateway's and against older sets (then by namespace and name), which go on working.

                listeners:
                  - { name: a, port: 80, protocol: HTTP, hostname: www.example.com }
                  - { name: b, port: 80, protocol: HTTP, hostname: WWW.example.com }
            """#),
        Entry(2025, #"Protocol conflict"#, #"""
            Two listeners have one port and protocols that cannot share it, such as HTTP and TCP.
            Who wins is as in WR2024. Give one of them another port. HTTPS and TLS can share a port, UDP has numbers of its own.
            """#),
        Entry(2026, #"Port of another Gateway"#, #"""
            Gateways that share the bind address cannot share a port; the older one has it, then the first by namespace and name
            (`PortUnavailable`). Give the listener another port, attach the routes to that Gateway, or run with `--address-pool`, with
            which every Gateway has an address of its own.
            """#),
        Entry(2027, #"Port could not be opened"#, #"""
            The system refused, for the reason given: a port below 1024 without the right to it, or a port that another process has.
            Only this port of this address is concerned (`PortUnavailable`).
            """#),
        Entry(2028, #"No CA certificate for clients"#, #"""
            `spec.tls.frontend` asks for client certificates, and none of the CA certificates to check them with can be used. The
            listener is refused (`NoValidCACertificate`), because serving unchecked clients would be worse. The next diagnostics say
            what is wrong with each reference.
            """#),
        Entry(2029, #"Kind of route that the protocol cannot carry"#, #"""
            `allowedRoutes.kinds` names for example TLSRoute at an HTTP listener (`InvalidRouteKinds`). Other kinds of the list are
            served. Take it out.
            """#),
        Entry(2031, #"Certificate reference to something else"#, #"""
            A certificate must be a Secret of the core group, CA certificates a ConfigMap or Secret of the core group.
            """#),
        Entry(2032, #"Secret or ConfigMap of a certificate is missing"#, #"""
            Create it: `kubectl create secret tls NAME --cert=... --key=...`; a ConfigMap for CA certificates has a key `ca.crt`.
            """#),
        Entry(2033, #"Certificate cannot be read"#, #"""
            The Secret lacks `tls.crt` or `tls.key`, the ConfigMap lacks `ca.crt`, or what stands there cannot be used: it is not PEM, a
            block is no X.509 certificate, the key is encrypted, of an algorithm that is not served, or not that of the first certificate.
            What it contains is never shown. Other certificates of the listener are served; without any the listener is not programmed.

                openssl x509 -noout -pubkey -in tls.crt    # must print the same
                openssl pkey -pubout -in tls.key           # as this
            """#),
        Entry(2040, #"ListenerSet not allowed"#, #"""
            The Gateway's `allowedListeners` does not admit ListenerSets of this namespace; by default it admits none (`NotAllowed`).
            The Gateway's owner has to say so:

                allowedListeners: { namespaces: { from: Same } }
            """#),
        Entry(2041, #"Gateway of a ListenerSet is missing"#, #"""
            `spec.parentRef` names a Gateway that does not exist; the set is ignored. Without `namespace` it is looked for in the
            namespace of the set.
            """#),
        Entry(2042, #"Parent of a ListenerSet is no Gateway"#, #"""
            Only a Gateway can be the parent; the set is ignored.
            """#),
        Entry(2043, #"Gateway of a ListenerSet is not accepted"#, #"""
            None of the set's listeners is served while its Gateway is not (`ParentNotAccepted`). See the conditions of the Gateway.
            """#),
        Entry(2101, #"Reference without a grant"#, #"""
            An object refers to one in another namespace, and no ReferenceGrant there allows it (`RefNotPermitted`), whether the target
            exists or not. The message names the grant that was nearly right. A grant stands in the namespace of the target, names kind
            and namespace of the referrer in `from`, and the kind of the target in `to`. Grants to Gateways are not grants to
            ListenerSets.
            """#),
        Entry(2110, #"Parent does not exist"#, #"""
            A `parentRef` names a Gateway or ListenerSet that does not exist. If one of that name exists in another namespace, add
            `namespace`.
            """#),
        Entry(2111, #"Service as parent"#, #"""
            Means mesh traffic, which this version does not serve.
            """#),
        Entry(2112, #"Parent of an unknown kind"#, #"""
            Routes attach to Gateways and ListenerSets.
            """#),
        Entry(2113, #"No such listener"#, #"""
            `sectionName` and `port` of a parentRef select no listener of the parent (`NoMatchingParent`); with both, one listener must
            satisfy both. Listeners of ListenerSets are not found through their Gateway: refer to the ListenerSet.
            """#),
        Entry(2114, #"Not allowed by any listener"#, #"""
            The listeners that the parentRef selects take no routes of this kind or from this namespace (`NotAllowedByListeners`). The
            message says which label the namespace lacks. For listeners of a ListenerSet, "Same" is the namespace of the set.
            """#),
        Entry(2115, #"No hostname in common"#, #"""
            The hostnames of the route and those of the listeners that would take it have nothing in common
            (`NoMatchingListenerHostname`). `*.example.com` takes `a.b.example.com`, but not `example.com`.
            """#),
        Entry(2116, #"Hostname of a route is no name"#, #"""
            For example an IP address. The entry is ignored, never taken for "any".
            """#),
        Entry(2150, #"TLS option that cannot be had"#, #"""
            An option whose name begins with `gateway.weir.dev/` does not exist, or has a value that cannot be had. The listener is not
            accepted (`UnsupportedValue`): what its author wanted for security is not passed over. [tls.md](tls.md) lists the options.

                tls:
                  options: { gateway.weir.dev/min-tls-version: "1.3" }
            """#),
        Entry(2151, #"TLS option of another implementation"#, #"""
            The option has no effect here. [tls.md](tls.md) says what there is instead.
            """#),
        Entry(2152, #"Cipher suites without effect"#, #"""
            `gateway.weir.dev/cipher-suites` chooses among the suites of TLS 1.2, and only TLS 1.3 is allowed. Take one of the two
            options out.
            """#),
        Entry(2153, #"Mode of client validation"#, #"""
            `spec.tls.frontend` has a mode that this version does not know. The listener is not accepted (`UnsupportedValue`): it must not
            let in whom its author wanted to keep out. Write AllowValidOnly or AllowInsecureFallback.
            """#),
        Entry(2154, #"OCSP response cannot be stapled"#, #"""
            `tls.ocsp-staple` of the Secret is not an OCSP response in DER form, or says that the responder had none. The certificate is
            served without it.
            """#),
        Entry(2201, #"Unknown method"#, #"""
            A match is on a method that the Gateway API does not know. Methods are written in capital letters.
            """#),
        Entry(2202, #"Unknown match type"#, #"""
            Paths are matched by Exact, PathPrefix or RegularExpression; headers and query parameters by Exact or RegularExpression.
            """#),
        Entry(2203, #"Regular expression cannot be used"#, #"""
            It is wrong, or compiles to more than weir allows one expression. The message says where it stops making sense. Back references
            and look-around are not supported: expressions are matched in linear time.
            """#),
        Entry(2204, #"Repeated match"#, #"""
            A warning. A match has two entries for one header or query parameter. All entries of a match must hold, and the first of equal
            names counts; write several matches for alternatives.
            """#),
        Entry(2210, #"Attempt longer than the request"#, #"""
            `timeouts.backendRequest` is above `timeouts.request`.
            """#),
        Entry(2211, #"Retry on a status that is no error"#, #"""
            Only 400 to 599 can be retried on.
            """#),
        Entry(2212, #"Less than one retry"#, #"""
            `retry.attempts` counts the tries after the first one; leave `retry` out for none.
            """#),
        Entry(2220, #"Unknown kind of session"#, #"""
            `sessionPersistence.type` is Cookie or Header, `cookieConfig.lifetimeType` Session or Permanent.
            """#),
        Entry(2221, #"Session name"#, #"""
            `sessionName` becomes the name of a cookie or header, and can have only the characters of one.
            """#),
        Entry(2222, #"Permanent session without timeout"#, #"""
            A permanent cookie needs `absoluteTimeout`, which says how long it is kept.
            """#),
        Entry(2223, #"Session name of two backends"#, #"""
            A warning. Two backends of a rule have policies with the same session name, so that a client has one session for both, and
            its requests stay with whichever was first.
            """#),
        Entry(2230, #"Unknown filter"#, #"""
            No filter of this name exists in Gateway API v1.6.1. The rule answers 500.
            """#),
        Entry(2231, #"Unknown extension"#, #"""
            An ExtensionRef names something that is no filter of weir's. Requests get an error; a filter is never skipped.
            """#),
        Entry(2232, #"Filter without settings"#, #"""
            The field that belongs to the filter's type is missing.
            """#),
        Entry(2233, #"Filter of a backend"#, #"""
            The filter works for whole rules only, not in `backendRefs[].filters`.
            """#),
        Entry(2234, #"Filter repeated"#, #"""
            Two filters of a type that may stand once in a list.
            """#),
        Entry(2235, #"Redirect and rewrite"#, #"""
            A request is either redirected or rewritten. A redirect has its own `hostname` and `path`.
            """#),
        Entry(2240, #"Header name"#, #"""
            A modifier names a header with characters that header names cannot have.
            """#),
        Entry(2241, #"Header value"#, #"""
            A modifier sets a value with control characters, which could end the header section.
            """#),
        Entry(2242, #"Repeated header"#, #"""
            A warning. `set` or `add` has two entries for one header; the first one counts.
            """#),
        Entry(2243, #"Header of the connection"#, #"""
            A warning. Headers such as Connection, Transfer-Encoding and Content-Length belong to one connection or frame the message; weir
            writes them itself, and the entry is left out.
            """#),
        Entry(2244, #"Host cannot be changed so"#, #"""
            A warning. A request has exactly one Host: it can be set, by a modifier or better by URLRewrite, but neither added nor removed, and
            responses have none.
            """#),
        Entry(2245, #"Host set twice"#, #"""
            A warning. A header modifier and a URLRewrite both set Host; the rewrite counts.
            """#),
        Entry(2250, #"Path modifier"#, #"""
            It is neither ReplaceFullPath nor ReplacePrefixMatch, or its value is missing.
            """#),
        Entry(2251, #"Not a path"#, #"""
            The new path has characters that the path of a URL cannot have. Percent-encode them; a query cannot be set.
            """#),
        Entry(2252, #"Prefix not matched"#, #"""
            ReplacePrefixMatch needs a rule with exactly one match, of type PathPrefix.
            """#),
        Entry(2253, #"Hostname of a filter"#, #"""
            The hostname of a redirect, of a rewrite, or of Host in a modifier, is no DNS name.
            """#),
        Entry(2254, #"Status of a redirect"#, #"""
            Redirects have status 301, 302, 303, 307 or 308.
            """#),
        Entry(2255, #"Scheme of a redirect"#, #"""
            Redirects lead to `http` or `https`.
            """#),
        Entry(2260, #"Share of a mirror"#, #"""
            The share of requests to copy is no percentage from 0 to 100, or no fraction from 0 to 1.
            """#),
        Entry(2261, #"CORS origin"#, #"""
            An entry of `allowOrigins` is neither `*` nor scheme, host and optional port, such as `https://*.example.com`.
            """#),
        Entry(2262, #"CORS method or header"#, #"""
            An entry of the CORS filter can be no method or header name.
            """#),
        Entry(2263, #"CORS age"#, #"""
            `maxAge` is below 1 second.
            """#),
        Entry(2264, #"CORS exposes nothing"#, #"""
            A warning. With `allowCredentials: true` browsers take `*` in `exposeHeaders` for a header of that name. List the headers.
            """#),
        Entry(2270, #"Authorization over gRPC"#, #"""
            ExternalAuth with protocol GRPC needs HTTP/2 to the server, which this version does not speak. The rule answers 500.
            """#),
        Entry(2271, #"Protocol of the authorization server"#, #"""
            ExternalAuth has protocol HTTP or GRPC.
            """#),
        Entry(2272, #"Path of the authorization server"#, #"""
            The path in front of requests to the authorization server is no path.
            """#),
        Entry(2273, #"Header of the authorization server"#, #"""
            An entry of `allowedHeaders` or `allowedResponseHeaders` can be no header name.
            """#),
        Entry(2274, #"Body for the authorization server"#, #"""
            `forwardBody.maxSize` is negative.
            """#),
        Entry(2275, #"Second authorization server"#, #"""
            A list can have one ExternalAuth filter. Let one server ask the other.
            """#),
        Entry(2302, #"Kind of backend"#, #"""
            Backends are Services (group `""`) and XBackends.
            """#),
        Entry(2303, #"Service does not exist"#, #"""
            No Service of the name exists in the namespace, which is that of the route unless the reference names another. In `weir check` that
            means: in none of the files.
            """#),
        Entry(2304, #"Port missing"#, #"""
            A reference to a Service needs the number of one of its ports.
            """#),
        Entry(2305, #"Port not found"#, #"""
            The Service has no port of this number. `port` in a backendRef is the Service's `port`, not its `targetPort`:

                kind: Service                       kind: HTTPRoute
                spec:                               spec:
                  ports:                              rules:
                    - port: 80                          - backendRefs:
                      targetPort: 3000                      - name: shop
                                                              port: 80      # not 3000
            """#),
        Entry(2306, #"Port without TCP"#, #"""
            The port is for UDP or SCTP; HTTP needs TCP.
            """#),
        Entry(2307, #"Protocol of a backend"#, #"""
            The port's `appProtocol`, or the protocol of the XBackend, is one that this version does not speak to backends.
            """#),
        Entry(2309, #"ExternalName refused"#, #"""
            A Service of type ExternalName lets whoever writes it send requests to any host (CVE-2021-25740), so it is a backend only in a
            run without a cluster. Use a Service with EndpointSlices, or an XBackend.
            """#),
        Entry(2310, #"ExternalName leads inside"#, #"""
            The name is no DNS name, or leads to this machine or back into the cluster.
            """#),
        Entry(2320, #"XBackend of another namespace"#, #"""
            XBackends are for routes of their own namespace.
            """#),
        Entry(2321, #"XBackend does not exist"#, #"""
            No XBackend of the name exists in the namespace of the route.
            """#),
        Entry(2322, #"Type of XBackend"#, #"""
            Only `type: ExternalHostname` is served.
            """#),
        Entry(2323, #"Hostname of an XBackend"#, #"""
            It is no DNS name, or leads to this machine or back into the cluster.
            """#),
        Entry(2350, #"TLS mode of an XBackend"#, #"""
            `tls.mode` is not known, or is ClientAndServer without `clientCertificateRef`. Requests are answered with 500; nothing is sent
            in plain text instead.
            """#),
        Entry(2401, #"Policy conflict"#, #"""
            Another policy is for the same target and comes first: the older one, then the first by name. Remove one of the two.
            """#),
        Entry(2402, #"Target of a policy is missing"#, #"""
            The Service, or the port named by `sectionName`, does not exist.
            """#),
        Entry(2403, #"Target of a policy is of another kind"#, #"""
            The policy cannot be for objects of this kind. BackendTLSPolicy is for Services, XBackendTrafficPolicy for Services and XBackends.
            """#),
        Entry(2404, #"TLS policy without TCP"#, #"""
            None of the ports that the policy is for is a TCP port.
            """#),
        Entry(2405, #"More Gateways than a status holds"#, #"""
            The status of a policy has room for 16 Gateways. The policy works for all of them.
            """#),
        Entry(2410, #"Hostname of a TLS policy"#, #"""
            `validation.hostname` is no DNS name. It is the name in the backend's certificate.
            """#),
        Entry(2411, #"Alternative name of a TLS policy"#, #"""
            An entry of `subjectAltNames` needs `type: Hostname` with `hostname`, or `type: URI` with `uri`.
            """#),
        Entry(2412, #"Trust of a TLS policy"#, #"""
            Exactly one of `caCertificateRefs` and `wellKnownCACertificates: System` says whose certificates are trusted.
            """#),
        Entry(2420, #"Retry budget"#, #"""
            A percentage outside of 0 to 100, or an interval outside of 1s to 1h.
            """#),
        Entry(2500, #"Surplus rule"#, #"""
            A warning. A TLSRoute, TCPRoute or UDPRoute has one rule. Objects that were stored with an older version of the API may have
            more; the first is served. Nothing says for which connections the others are, so they are ignored.
            """#),
        Entry(2501, #"Port not for UDP"#, #"""
            A backendRef of a UDPRoute names a port of a Service whose protocol is not UDP (`UnsupportedProtocol`). Its share of the datagrams
            is dropped. Give the port `protocol: UDP`, or use a TCPRoute.
            """#),
        Entry(2550, #"Origin of gRPC-Web pages"#, #"""
            An entry of the annotation `weir.dev/grpc-web-origins` of a GRPCRoute is no origin: `*`, or scheme, host and perhaps port, such
            as `https://app.example.com` or `https://*.example.com:8443`, separated by commas or spaces. Pages of that origin are not let
            in; the other entries count ([docs/grpc.md](grpc.md#grpc-web)).
            """#),
        Entry(2600, #"Issuer missing"#, #"""
            A Certificate, or the annotation of a Gateway, names an Issuer or ClusterIssuer that is not among the manifests. An Issuer must
            be in the namespace of the Certificate; `issuerRef.kind` is Issuer when it is not set.
            """#),
        Entry(2601, #"Issuer not supported"#, #"""
            Weir issues by `selfSigned`, `ca` and `acme`. For other issuers, and for those of other controllers, put the certificate into a
            Secret yourself.
            """#),
        Entry(2602, #"Secret of two certificates"#, #"""
            Two Certificates, or two annotated objects, put their certificate into the same Secret. The first by namespace and name has
            it.
            """#),
        Entry(2603, #"Secret in the manifests"#, #"""
            The Secret that a Certificate is to fill stands in the manifests. It is served as it is, and nothing is issued.
            """#),
        Entry(2604, #"Name cannot be proven"#, #"""
            An ACME server wants control over every name proven. The gateway does that by HTTP-01 and TLS-ALPN-01, which cannot prove names
            with `*`; DNS-01 is not done. Where an issuer has solvers, one of type `http01` must fit the name.
            """#),
        Entry(2605, #"No state directory"#, #"""
            Without `--state` every restart would register a new account and ask for new certificates, and soon meet the limits of the
            ACME server. Nothing is issued until `weir run` has a `--state` directory.
            """#),
        Entry(2606, #"Annotation about certificates"#, #"""
            An annotation of cert-manager's on a Gateway or ListenerSet has a value that cannot be used. No certificate is issued for the
            object until it is corrected.
            """#),
        Entry(2607, #"Certificate for another namespace"#, #"""
            cert-manager's annotations make certificates for Secrets of the object's own namespace only.
            """#),
        Entry(2608, #"Certificate not issued"#, #"""
            The last attempt failed, for the reason given. A certificate that is there already is served on. The next attempt is made at
            the time given, or at once when the Certificate or its issuer changes.
            """#),
        Entry(2609, #"Secret of an issuer"#, #"""
            A CA issuer needs a Secret with the certificate of a CA in `tls.crt` and its key in `tls.key`, in the issuer's namespace
            (`cert-manager` for a ClusterIssuer), or a Certificate with `isCA: true` that fills it. An ACME issuer with an external account
            binding needs the Secret with the key.
            """#),
        Entry(2610, #"State set aside"#, #"""
            A file in the directory of `--state` could not be read. It was renamed and is not used; what it held is made anew.
            """#),
        Entry(2611, #"State not written"#, #"""
            A certificate was issued and is served, but could not be written to the directory of `--state`: after a restart it would be
            issued again.
            """#),
        Entry(2650, #"Unknown version of the PROXY protocol"#, #"""
            The annotation `gateway.weir.dev/proxy-protocol` of a Service has a value that is neither `v1` nor `v2`, so connections to the Service
            begin without a PROXY protocol header, and its endpoints take the proxy for the client. See [Layer 4](layer4.md).
            """#),
        Entry(3001, #"Rule without backends"#, #"""
            The rule has neither `backendRefs` nor a redirect. It takes its requests all the same and answers them with 500. Often the
            next list item was meant to belong to it, and a `- ` made it a rule of its own:

                rules:
                  - matches:
                      - path: {value: /api}
                  - backendRefs:            # another rule: no "- " here
                      - name: api
                        port: 80
            """#),
        Entry(3002, #"Filters in a rule of their own"#, #"""
            The rule has filters and nothing else. Filters change the requests of their own rule only; this one takes every path and
            answers with 500. Put the filters into the rule that they are for.
            """#),
        Entry(3003, #"Backends in a rule of their own"#, #"""
            The rule has `backendRefs` and nothing else, and the rule before it has no backends. Without `matches` it stands for every
            path, and the filters of other rules do not apply to it. The two were probably meant as one rule.
            """#),
        Entry(3004, #"All weights zero"#, #"""
            No backend of the rule gets requests; all are answered with 500. (Connections of TLSRoutes and TCPRoutes are refused, datagrams
            of UDPRoutes dropped.) `weight: 0` takes a backend out, a `weight` left out is 1.
            """#),
        Entry(3005, #"Backend twice"#, #"""
            The rule names one port of one Service twice, with the same filters. In a canary the second is often meant to be the new
            version's Service.
            """#),
        Entry(3010, #"Match taken by the same route"#, #"""
            An earlier match of the same route is equal, so this one can never take a request.
            """#),
        Entry(3011, #"Match taken by another route"#, #"""
            Another route of the same namespace has an equal match for the same host on the same listener, and comes first. Of TLSRoutes
            the server name is all there is to match; a TCP or UDP listener belongs to one route as a whole. All are accepted, as the API
            wants it, and only the first gets connections.
            """#),
        Entry(3012, #"Match taken by another namespace"#, #"""
            Like WR3011, with a route of another namespace: two teams claim the same requests. Who wins is decided by age, so that a
            route created anew may lose what it had.
            """#),
        Entry(3013, #"Hostname of another listener"#, #"""
            A request goes to the listener whose hostname is most specific, and only to routes that are attached to that one. The route
            is attached to a wider listener of the port, for example `*.example.com`, while `api.example.com` has a listener of its own
            there.
            """#),
        Entry(3020, #"Double slash"#, #"""
            The new path contains `//`, which most backends take for another path than the one with a single slash.
            """#),
        Entry(3021, #"Rewrite without effect"#, #"""
            The prefix is replaced with itself. In a rule without `matches` the prefix is `/`.
            """#),
        Entry(3022, #"Capture reference"#, #"""
            `$1` or `\1` in a new path is literal text: the Gateway API replaces prefixes and whole paths, not groups of regular
            expressions. What comes behind the prefix is kept anyway.
            """#),
        Entry(3023, #"Redirect loop"#, #"""
            Who follows the redirect comes to the same rule again. The usual case: a route that redirects to `https` is attached to all
            listeners of a Gateway, the HTTPS one included. Give its parentRef the `sectionName` of the HTTP listener.
            """#),
        Entry(3030, #"Hostname not served"#, #"""
            The route is attached, but none of the listeners that take it has this hostname. `*.example.com` takes
            `a.example.com` and `a.b.example.com`, never `example.com`.
            """#),
        Entry(3031, #"Route without parents"#, #"""
            No `parentRefs`: the route belongs to no Gateway.
            """#),
        Entry(3040, #"Grant unused"#, #"""
            Nothing refers to what the grant allows to refer to. A note instead of a warning when the manifests have no object of the
            kind in the namespace that is granted, since it may be elsewhere. Of the kinds that can refer, HTTPRoute, Gateway and ListenerSet are looked at.
            """#),
        Entry(3041, #"Grant points the wrong way"#, #"""
            A ReferenceGrant lives in the namespace that is referred *to*; `from` names the namespace that refers. Here it is the other
            way round. From route to Gateway no grant is needed: `allowedRoutes` of the listener decides.
            """#),
        Entry(3050, #"Certificate for another host"#, #"""
            No certificate of the listener is for its hostname, so clients refuse the connection. Only subjectAltName counts, common
            names do not.
            """#),
        Entry(3051, #"Certificate not valid"#, #"""
            It has expired, or its time has not come.
            """#),
        Entry(3052, #"Certificate expires soon"#, #"""
            Within 30 days. Certificates that are renewed automatically are renewed earlier than that.
            """#),
        Entry(3053, #"Certificate not for a route"#, #"""
            The listener's certificate is not for a hostname of a route on it. `*.example.com` in a certificate stands for one label
            (`a.example.com`), as the hostname of a listener for one or more (`a.b.example.com` too).
            """#),
        Entry(3060, #"cert-manager passes over a listener"#, #"""
            The Gateway has an annotation of cert-manager (`cert-manager.io/issuer`, `cert-manager.io/cluster-issuer`), which makes
            certificates only for listeners that terminate TLS, have a `hostname`, and name the Secret in `certificateRefs`.
            """#),
        Entry(3070, #"Literal pattern"#, #"""
            `*` in a path, or what looks like a regular expression in a header value, stands for itself: Exact and PathPrefix compare
            literally. A PathPrefix `/api` takes everything below `/api` without a `*`.
            """#),
        Entry(3071, #"Expression that never matches"#, #"""
            Paths begin with `/`, and a regular expression must match the whole path.
            """#),
        Entry(3072, #"Expression is a full match"#, #"""
            The expression begins with `^` and is open at its end, as if it were searched for. In weir it must match the whole path, as
            with other implementations that follow RE2's full match: `^/api` matches `/api` only. Write `/api.*`, or a PathPrefix.
            """#),
        Entry(3073, #"Match on a header of the connection"#, #"""
            `Host` is a matter of `spec.hostnames`. Connection, Keep-Alive, TE, Trailer, Transfer-Encoding and Proxy-Connection belong to
            one connection (RFC 9110 section 7.6.1) and say nothing about the request.
            """#),
        Entry(3080, #"Port of an EndpointSlice has another name"#, #"""
            The ports of EndpointSlices are found by the *name* of the Service's port. No EndpointSlice of the Service has a port of that
            name, so requests are answered with 503.
            """#),
        Entry(3090, #"Class not among the manifests"#, #"""
            A note. The Gateway's class is in none of the files. The Gateway is checked as if the class were weir's.
            """#),
        Entry(3091, #"Class of another controller"#, #"""
            A note. The class names another controller. Its Gateways are checked as if it were weir's; `weir run` serves them with
            `--controller-name`.
            """#),
    ]
}
