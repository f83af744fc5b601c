"""Short forms of the manifests that the tests serve. Everything is in the namespace `test` behind the Gateway `web`."""

from typing import Any

import yaml

Document = dict[str, Any]
NAMESPACE = "test"
PORT = 8080


def to_yaml(*documents: Document) -> str:
    return yaml.safe_dump_all(documents, sort_keys=False)


def _gateway_api(kind: str, name: str, spec: Document) -> Document:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": spec}


def listener(name: str = "http", port: int = 80, hostname: str | None = None) -> Document:
    found: Document = {"name": name, "port": port, "protocol": "HTTP"}
    return found | ({"hostname": hostname} if hostname else {})


def gateway(*listeners: Document, name: str = "web") -> Document:
    return _gateway_api(
        "Gateway", name, {"gatewayClassName": "weir", "listeners": list(listeners or [listener()])}
    )


def route(name: str, *rules: Document, hostnames: list[str] | None = None, **parent: Any) -> Document:
    spec: Document = {"parentRefs": [{"name": "web"} | parent]}
    if hostnames:
        spec["hostnames"] = hostnames
    return _gateway_api("HTTPRoute", name, spec | {"rules": list(rules)})


def grpc_route(name: str, *rules: Document, hostnames: list[str] | None = None, **parent: Any) -> Document:
    found = route(name, *rules, hostnames=hostnames, **parent)
    return found | {"kind": "GRPCRoute"}


def rpc(service: str | None = None, method: str | None = None, kind: str | None = None, **metadata: str) -> Document:
    """A match of a GRPCRoute."""
    parts = {"service": service, "method": method, "type": kind}
    match: Document = {"method": {key: value for key, value in parts.items() if value is not None}}
    return match | ({"headers": headers(**metadata)} if metadata else {})


def rule(*backends: Document | str, match: Document | list[Document] | None = None, filters: Any = None) -> Document:
    """Backends are names or `backend(...)`; `match` is one match or a list of them."""
    found: Document = {}
    if match is not None:
        found["matches"] = match if isinstance(match, list) else [match]
    if filters is not None:
        found["filters"] = filters if isinstance(filters, list) else [filters]
    if backends:
        found["backendRefs"] = [backend(entry) if isinstance(entry, str) else entry for entry in backends]
    return found


def backend(name: str, weight: int | None = None, **more: Any) -> Document:
    return {"name": name, "port": PORT} | ({} if weight is None else {"weight": weight}) | more


def path(value: str, kind: str = "PathPrefix", **more: Any) -> Document:
    return {"path": {"type": kind, "value": value}} | more


def headers(**values: str) -> list[Document]:
    """Names with `_` for `-`."""
    return [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]


def request_headers(**modifier: Any) -> Document:
    return {"type": "RequestHeaderModifier", "requestHeaderModifier": modifier}


def response_headers(**modifier: Any) -> Document:
    return {"type": "ResponseHeaderModifier", "responseHeaderModifier": modifier}


def redirect(**redirect: Any) -> Document:
    return {"type": "RequestRedirect", "requestRedirect": redirect}


def rewrite(**rewrite: Any) -> Document:
    return {"type": "URLRewrite", "urlRewrite": rewrite}


def mirror(name: str, **share: Any) -> Document:
    return {"type": "RequestMirror", "requestMirror": {"backendRef": backend(name)} | share}


def cors(**policy: Any) -> Document:
    return {"type": "CORS", "cors": policy}


def external_auth(name: str, **more: Any) -> Document:
    """With protocol HTTP; `http` is its configuration."""
    more.setdefault("http", {})
    return {"type": "ExternalAuth", "externalAuth": {"protocol": "HTTP", "backendRef": backend(name)} | more}


def service(name: str, app_protocol: str | None = None, **spec: Any) -> Document:
    metadata = {"name": name, "namespace": NAMESPACE}
    port: Document = {"port": PORT} | ({"appProtocol": app_protocol} if app_protocol else {})
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [port]} | spec}


def endpoints(service: str, port: int, *entries: str | Document, family: str = "IPv4", name: str = "") -> Document:
    """An EndpointSlice; entries are addresses (ready) or whole endpoint objects. All have the same port."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": name or f"{service}-slice",
            "namespace": NAMESPACE,
            "labels": {"kubernetes.io/service-name": service},
        },
        "addressType": family,
        "ports": [{"name": "", "port": port, "protocol": "TCP"}],
        "endpoints": [
            {"addresses": [entry], "conditions": {"ready": True}} if isinstance(entry, str) else entry
            for entry in entries
        ],
    }


def tls_secret(name: str, certificate: str, key: str) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "stringData": {"tls.crt": certificate, "tls.key": key},
    }
