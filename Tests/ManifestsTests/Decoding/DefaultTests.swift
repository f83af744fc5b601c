import GatewayAPI
import KubernetesTypes
import Manifests
import Testing

/// The defaults that an API server would fill in.
struct DefaultTests {
    @Test func `an HTTPRoute without rules matches everything`() throws {
        let route = try #require(decode(route(spec: "{}")).routes.first)
        #expect(route.spec.rules == [HTTPRouteRule()])
        #expect(route.spec.rules[0].matches == [HTTPRouteMatch(path: HTTPPathMatch(type: .pathPrefix, value: "/"))])
        #expect(route.status == RouteStatus())
    }

    @Test func `references, matches and weights are completed`() throws {
        let spec = try #require(
            decode(
                route(
                    spec: """
                        parentRefs: [{name: g}]
                        rules:
                          - matches:
                              - headers: [{name: a, value: b}]
                                queryParams: [{name: a, value: b}]
                              - path: {}
                              - path: {value: /x}
                            backendRefs: [{name: s, port: 1}]
                          - filters:
                              - {type: RequestRedirect, requestRedirect: {scheme: https}}
                              - {type: CORS, cors: {}}
                              - type: RequestMirror
                                requestMirror: {backendRef: {name: s, port: 1}, fraction: {numerator: 1}}
                            sessionPersistence: {cookieConfig: {}}
                        """)
            ).routes.first
        ).spec
        #expect(spec.parentRefs == [ParentReference(group: gatewayAPIGroup, kind: "Gateway", name: "g")])
        let rule = spec.rules[0]
        #expect(rule.matches.map(\.path) == [.init(), .init(), .init(type: .pathPrefix, value: "/x")])
        #expect(rule.matches[0].headers.map(\.type) == [.exact])
        #expect(rule.matches[0].queryParams.map(\.type) == [.exact])
        #expect(
            rule.backendRefs == [
                HTTPBackendRef(
                    reference: BackendObjectReference(group: "", kind: "Service", name: "s", port: 1), weight: 1)
            ])
        let filters = spec.rules[1].filters
        #expect(filters[0].requestRedirect?.statusCode == 302)
        #expect(filters[1].cors?.maxAge == 5)
        #expect(filters[2].requestMirror?.fraction?.denominator == 100)
        #expect(spec.rules[1].sessionPersistence?.type == .cookie)
        #expect(spec.rules[1].sessionPersistence?.cookieConfig?.lifetimeType == .session)
    }

    @Test func `an empty list of matches stays empty`() throws {
        #expect(try #require(decode(route(spec: "rules: [{matches: []}]")).routes.first).spec.rules[0].matches.isEmpty)
    }

    @Test func `a Gateway is completed`() throws {
        let gateway = try #require(
            decode(
                gateway(
                    spec: """
                        listeners:
                          - {name: a, port: 80, protocol: HTTP}
                          - name: b
                            port: 443
                            protocol: HTTPS
                            tls: {certificateRefs: [{name: s}]}
                            allowedRoutes: {kinds: [{kind: HTTPRoute}]}
                          - {name: c, port: 81, protocol: HTTP, allowedRoutes: {namespaces: {selector: {}}}}
                        addresses: [{value: 10.0.0.1}, {type: Hostname}]
                        allowedListeners: {}
                        tls:
                          backend: {clientCertificateRef: {name: s}}
                          frontend: {default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: c}]}}}
                        """)
            ).gateways.first)
        let listeners = gateway.spec.listeners
        #expect(listeners.map(\.allowedRoutes.namespaces.from) == [.same, .same, .same])
        #expect(listeners[1].allowedRoutes.kinds == [RouteGroupKind(group: gatewayAPIGroup, kind: "HTTPRoute")])
        #expect(listeners[1].tls?.mode == .terminate)
        #expect(listeners[1].tls?.certificateRefs == [SecretObjectReference(group: "", kind: "Secret", name: "s")])
        #expect(listeners[2].allowedRoutes.namespaces.selector == LabelSelector())
        #expect(gateway.spec.addresses.map(\.type) == [.ipAddress, .hostname])
        #expect(gateway.spec.allowedListeners?.namespaces.from == FromNamespaces.none)
        #expect(gateway.spec.tls?.backend?.clientCertificateRef?.kind == "Secret")
        #expect(gateway.spec.tls?.frontend?.default.validation?.mode == .allowValidOnly)
        #expect(gateway.status.conditions.map(\.type) == ["Accepted", "Programmed"])
        #expect(gateway.status.conditions.allSatisfy { $0.status == .unknown && $0.reason == "Pending" })
    }

    @Test func `absent allowedListeners stay absent`() throws {
        let manifests = decode(gateway(spec: "listeners: [{name: a, port: 80, protocol: HTTP}]"))
        #expect(try #require(manifests.gateways.first).spec.allowedListeners == nil)
    }

    @Test func `endpoint conditions mean what the API says when they are absent`() throws {
        let manifests = decode(
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: a, labels: {kubernetes.io/service-name: s}}
            addressType: IPv4
            endpoints:
              - {addresses: [10.0.0.1], targetRef: {kind: Pod, name: p}}
              - {addresses: [10.0.0.2], conditions: {ready: false}}
              - {addresses: [10.0.0.3], conditions: {ready: false, serving: true, terminating: true}}
            ports: [{port: 80}]
            """)
        #expect(manifests.diagnostics.isEmpty)
        guard case .endpointSlice(let slice) = try #require(manifests.objects.first).object else { return }
        #expect(slice.serviceName == "s")
        #expect(slice.endpoints.map(\.conditions.ready) == [true, false, false])
        #expect(slice.endpoints.map(\.conditions.serving) == [true, false, true])
        #expect(slice.endpoints.map(\.conditions.terminating) == [false, false, true])
        #expect(slice.endpoints.map(\.targetName) == ["p", nil, nil])
    }

    @Test func `a Namespace has the label with its name`() throws {
        let manifests = decode("{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {x: y}}}")
        #expect(
            try #require(manifests.objects.first).object.metadata?.labels
                == ["x": "y", "kubernetes.io/metadata.name": "a"])
    }
}
