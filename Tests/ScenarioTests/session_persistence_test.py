"""`sessionPersistence`: a session stays with its endpoint as long as there is one."""

from collections import Counter
from http.cookies import SimpleCookie

import pytest
import requests

from support.backends import answering, response
from support.manifests import backend as to, endpoints, gateway, path, route, rule, service
from support.ports import free_port
from support.waiting import eventually


@pytest.fixture
def replicas(weir, backend):
    """Three endpoints of `up` on one port, told apart by what they answer, behind a rule with this persistence."""

    def start(persistence: dict, *rules: dict):
        port = free_port()
        all_of_them = {
            address: backend(answering(response(address)), address=address, port=port)
            for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3")
        }
        rules = rules or (rule("up") | {"sessionPersistence": persistence},)
        server = weir(
            gateway(), service("up"), endpoints("up", port, *all_of_them), route("r", *rules), "--workers", "2"
        )
        return server, all_of_them, port

    return start


def cookie(answer: requests.Response):
    parsed = SimpleCookie(answer.headers["Set-Cookie"])
    assert len(parsed) == 1
    return next(iter(parsed.values()))


def test_a_cookie_keeps_a_session_at_its_endpoint(replicas) -> None:
    server, _, _ = replicas({"sessionName": "shop"})
    endpoints_seen: Counter = Counter()
    for _ in range(20):
        first = server.get("/")
        given = cookie(first)
        assert given.key == "shop"
        assert (given["httponly"], given["samesite"], given["path"]) == (True, "Strict", "/")
        assert not given["max-age"] and not given["expires"] and not given["secure"]
        for _ in range(10):
            again = server.get("/", headers={"Host": "shop.test", "Cookie": f"a=b; shop={given.value}; c=d"})
            assert again.text == first.text
            assert "Set-Cookie" not in again.headers
        endpoints_seen[first.text] += 1
    assert len(endpoints_seen) == 3, "new sessions are spread"


def test_a_header_keeps_a_session_at_its_endpoint(replicas) -> None:
    server, _, _ = replicas({"sessionName": "X-Session", "type": "Header"})
    for _ in range(10):
        first = server.get("/")
        token = first.headers["X-Session"]
        assert "Set-Cookie" not in first.headers
        for _ in range(10):
            again = server.get("/", headers={"Host": "shop.test", "X-Session": token})
            assert again.text == first.text and "X-Session" not in again.headers


def test_a_session_survives_reloads_and_moves_only_when_its_endpoint_is_gone(replicas) -> None:
    server, all_of_them, port = replicas({"sessionName": "shop"})
    first = server.get("/")
    given = {"Host": "shop.test", "Cookie": f"shop={cookie(first).value}"}
    others = [address for address in all_of_them if address != first.text]

    def write(*addresses: str, extra: bool = False) -> None:
        rules = rule("up") | {"sessionPersistence": {"sessionName": "shop"}}
        documents = [gateway(), service("up"), endpoints("up", port, *addresses), route("r", rules)]
        server.write("all.yaml", *documents, *([service("unrelated")] if extra else []))

    write(first.text, others[0], extra=True)
    eventually(lambda: "127" in server.get("/").text)
    for _ in range(20):
        assert server.get("/", headers=given).text == first.text
    write(*others)
    eventually(lambda: server.get("/", headers=given).text != first.text)
    moved = server.get("/", headers=given)
    assert moved.text in others
    again = {"Host": "shop.test", "Cookie": f"shop={cookie(moved).value}"}
    for _ in range(10):
        assert server.get("/", headers=again).text == moved.text


def test_an_endpoint_that_cannot_be_reached_gives_the_session_away(replicas) -> None:
    server, all_of_them, _ = replicas({"sessionName": "shop"})
    first = server.get("/")
    all_of_them[first.text].stop()
    given = {"Host": "shop.test", "Cookie": f"shop={cookie(first).value}"}
    moved = server.get("/", headers=given)
    assert moved.status_code == 200 and moved.text != first.text
    assert cookie(moved).value != cookie(first).value


def test_a_permanent_session_says_how_long(replicas) -> None:
    server, _, _ = replicas(
        {"sessionName": "shop", "absoluteTimeout": "1h", "cookieConfig": {"lifetimeType": "Permanent"}}
    )
    assert cookie(server.get("/"))["max-age"] == "3600"


def test_a_session_ends_with_its_absolute_timeout(replicas) -> None:
    server, _, _ = replicas({"sessionName": "shop", "absoluteTimeout": "1s"})
    given = {"Host": "shop.test", "Cookie": f"shop={cookie(server.get('/')).value}"}
    eventually(lambda: "Set-Cookie" in server.get("/", headers=given).headers)


def test_a_session_outweighs_the_weights_also_of_zero(weir, backend) -> None:
    heavy, none = backend(answering(response("heavy"))), backend(answering(response("none")))
    rules = rule(to("heavy", 100), to("none", 1)) | {"sessionPersistence": {"sessionName": "s"}}
    services = [service("heavy"), service("none")]
    server = weir(gateway(), *services, route("r", rules), "--workers", "1", heavy=heavy, none=none)

    def rare() -> requests.Response | None:
        answer = server.get("/")
        return answer if answer.text == "none" else None

    given = {"Host": "shop.test", "Cookie": f"s={cookie(eventually(rare)).value}"}
    rules["backendRefs"][1]["weight"] = 0
    server.write("all.yaml", gateway(), *services, route("r", rules))
    eventually(lambda: all(server.get("/").text == "heavy" for _ in range(300)))
    assert {server.get("/", headers=given).text for _ in range(50)} == {"none"}


def test_rules_with_one_name_keep_sessions_of_their_own_in_one_cookie(replicas) -> None:
    persistence = {"sessionPersistence": {"sessionName": "shop", "cookieConfig": {"lifetimeType": "Session"}}}
    server, _, _ = replicas(
        {}, rule("up", match=path("/a")) | persistence, rule("up", match=path("/b")) | persistence
    )
    of_a = server.get("/a")
    assert cookie(of_a)["path"] == "/a"
    jar = {"Host": "shop.test", "Cookie": f"shop={cookie(of_a).value}"}
    of_b = server.get("/b", headers=jar)
    both = {"Host": "shop.test", "Cookie": f"shop={cookie(of_b).value}"}
    for _ in range(20):
        assert server.get("/a", headers=both).text == of_a.text
        assert server.get("/b", headers=both).text == of_b.text


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "." * 500, "%00", '"quoted"'])
def test_a_token_that_is_none_begins_a_session(replicas, token: str) -> None:
    server, _, _ = replicas({"sessionName": "shop"})
    answer = server.get("/", headers={"Host": "shop.test", "Cookie": f"shop={token}"})
    assert answer.status_code == 200
    assert cookie(answer).value


def test_a_retry_does_not_move_a_session(weir, backend) -> None:
    """One bad answer is no reason to lose what the endpoint knows of the session."""
    port = free_port()
    failing = set()

    def replica(address: str):
        def serve(wire, replica) -> None:
            while True:
                message = replica.receive(wire)
                if message.target == "/bad" and address not in failing:
                    failing.add(address)
                    wire.send(response("bad", status="503 Bad"))
                else:
                    wire.send(response(address))

        return backend(serve, address=address, port=port)

    addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    for address in addresses:
        replica(address)
    rules = rule("up") | {
        "sessionPersistence": {"sessionName": "shop"},
        "retry": {"codes": [503], "attempts": 3, "backoff": "1ms"},
    }
    server = weir(gateway(), service("up"), endpoints("up", port, *addresses), route("r", rules), "--workers", "1")
    for _ in range(6):
        failing.clear()
        first = server.get("/")
        again = server.get("/bad", headers={"Cookie": f"shop={cookie(first).value}"})
        assert (again.status_code, again.text) == (200, first.text)
        assert failing == {first.text} and "Set-Cookie" not in again.headers
