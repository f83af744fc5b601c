"""Start, drain, end; descriptors and memory over many connections."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests

from support.backends import Gate
from support.load import Load
from support.manifests import gateway, listener, route, rule, service, to_yaml
from support.ports import free_offset, free_port
from support.server import binary
from support.waiting import eventually, settled
from support.wire import connect, request

NOBODY = 65534


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_an_idle_server_with_exit_code_0(weir, number: signal.Signals) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo")
    with server.connect() as idle:
        idle.send(request("GET", "/"))
        assert idle.read_response().status == 200
        server.process.send_signal(number)
        assert server.process.wait(10) == 0
        assert idle.is_closed_by_peer()


def test_what_is_in_flight_is_finished_before_the_end(weir, backend) -> None:
    gate = Gate()
    flags = ["--drain-timeout", "60s"]
    server = weir(gateway(), service("up"), route("r", rule("up")), *flags, up=backend(gate))
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections, "no new connections are accepted")
        assert server.process.poll() is None
        gate.open.set()
        answer = client.read_response()
        assert answer.body == b"late"
        assert client.is_closed_by_peer()
    assert server.process.wait(10) == 0


def test_readyz_fails_while_draining(weir, backend) -> None:
    gate = Gate()
    server = weir(gateway(), service("up"), route("r", rule("up")), "--drain-timeout", "60s", up=backend(gate))
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: not_ready(server), "/readyz no longer answers 200")
        gate.open.set()
        assert client.read_response().body == b"late"
    assert server.process.wait(10) == 0


def not_ready(server) -> bool:
    try:
        return server.admin("/readyz").status_code == 503
    except requests.ConnectionError:
        return True


def test_a_second_signal_ends_at_once(weir, backend) -> None:
    gate = Gate()
    server = weir(gateway(), service("up"), route("r", rule("up")), "--drain-timeout", "600s", up=backend(gate))
    server.expected_exit_code = None
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        server.process.send_signal(signal.SIGTERM)
        eventually(server.refuses_connections)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(5)
    gate.open.set()


def test_what_does_not_finish_in_time_is_cut(weir, backend) -> None:
    gate = Gate()
    server = weir(gateway(), service("up"), route("r", rule("up")), "--drain-timeout", "300ms", up=backend(gate))
    server.expected_exit_code = None
    with server.connect() as client:
        client.send(request("GET", "/"))
        assert gate.reached.wait(10)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)
    gate.open.set()


# ---------------------------------------------------------------- starting


def run(*arguments: str, stdin: str = "", timeout: float = 20) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(binary()), *arguments], input=stdin, capture_output=True, text=True, timeout=timeout
    )


def test_help_names_every_flag() -> None:
    done = run("run", "--help")
    assert done.returncode == 0
    flags = (
        "-f --echo --backend --port-offset --bind --workers --admin --drain-timeout --controller-name --dns-server "
        "--header-timeout --idle-timeout --connect-timeout --upstream-idle-timeout"
    )
    assert [flag for flag in flags.split() if flag not in done.stdout] == []


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["run"], "-f"),
        (["run", "-f", "/dev/null", "--backend", "nonsense"], "--backend"),
        (["run", "-f", "/dev/null", "--drain-timeout", "1.5h"], "--drain-timeout"),
        (["run", "-f", "/dev/null", "--frobnicate"], "--frobnicate"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(arguments: list[str], word: str) -> None:
    done = run(*arguments)
    assert done.returncode != 0
    assert word in done.stderr, done.stderr


def test_a_file_that_is_not_there_is_named_and_waited_for(weir, tmp_path) -> None:
    missing = tmp_path / "missing.yaml"
    server = weir(gateway(), service("up"), "-f", str(missing), "--echo")
    eventually(lambda: str(missing) in server.log)
    assert server.get().status_code == 404
    missing.write_text(to_yaml(route("r", rule("up"))))
    eventually(lambda: server.get().status_code == 200)


def test_the_table_names_the_gateway_its_listener_and_the_problems(weir) -> None:
    server = weir(gateway(), service("up"), route("good", rule("up")), route("bad", rule("missing")), "--echo")
    eventually(lambda: "test/web" in server.log or "web" in server.log)
    eventually(lambda: str(server.port()) in server.log)
    eventually(lambda: "bad" in server.log and "missing" in server.log, "the missing Service is named")


def test_manifests_come_from_standard_input(stack) -> None:
    offset, admin = free_offset(80), free_port()
    process = subprocess.Popen(
        [str(binary()), "run", "-f", "-", "--echo", "--port-offset", str(offset), "--bind", "127.0.0.1"]
        + ["--admin", f"127.0.0.1:{admin}"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdin
    process.stdin.write(to_yaml(gateway(), service("up"), route("r", rule("up"))))
    process.stdin.close()
    url = f"http://127.0.0.1:{80 + offset}/"
    eventually(lambda: requests.get(url, headers={"Host": "shop.test"}).status_code == 200)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_without_the_right_to_bind_a_low_port_it_says_how_to_go_on(stack) -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80:
        pytest.skip("every user may bind port 80 here")
    command, directory = [str(binary())], Path(binary()).parent
    if os.geteuid() == 0:
        # pytest's own directories are closed to other users, and so may be the checkout.
        directory = Path("/tmp") / f"weir-nobody-{os.getpid()}"
        directory.mkdir(mode=0o755)
        stack.callback(shutil.rmtree, directory)
        copy = shutil.copy(binary(), directory / "weir")
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", str(copy)]
    process = subprocess.Popen(
        [*command, "run", "-f", "-", "--echo", "--bind", "127.0.0.1", "--admin", f"127.0.0.1:{free_port()}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdin and process.stdout
    process.stdin.write(to_yaml(gateway(), service("up"), route("r", rule("up"))))
    process.stdin.close()
    # Whether it ends or goes on without the port, it says so; the kill above ends the reading at the latest.
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "--port-offset" in line:
            return
    raise AssertionError(f"no advice in: {''.join(seen)}")


def test_a_port_that_is_taken_is_named(weir, backend, tmp_path) -> None:
    taken = backend()
    manifest = tmp_path / "taken.yaml"
    manifest.write_text(to_yaml(gateway(listener(port=taken.port)), service("up"), route("r", rule("up"))))
    process = subprocess.Popen(
        [str(binary()), "run", "-f", str(manifest), "--echo", "--bind", "127.0.0.1"]
        + ["--admin", f"127.0.0.1:{free_port()}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if str(taken.port) in line and "use" in line:
                return
        raise AssertionError("the port was not named")
    finally:
        process.kill()
        process.wait()


# ---------------------------------------------------------------- endurance


def open_and_close(port: int, count: int) -> None:
    for number in range(count):
        with connect(port) as client:
            if number % 3 == 0:
                client.send(request("GET", "/"))
                assert client.read_response().status == 200
            elif number % 3 == 1:
                client.send(b"GET / HTTP/1.1\r\nHost")
                client.reset()


@pytest.mark.slow
def test_connections_leave_no_descriptor_and_no_memory_behind(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo", "--upstream-idle-timeout", "500ms")
    files = settled(lambda: server.open_files)
    open_and_close(server.port(), 600)
    memory = server.resident_bytes
    open_and_close(server.port(), 6000)
    eventually(lambda: server.open_files <= files, "the descriptors are closed")
    assert server.resident_bytes - memory < 4 << 20


@pytest.mark.slow
def test_load_does_not_make_it_grow(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo", "--upstream-idle-timeout", "500ms")
    files = settled(lambda: server.open_files)
    with Load(server, 3, connections=64) as warm:
        pass
    memory = server.resident_bytes
    with Load(server, 7, connections=64) as load:
        pass
    warm.assert_no_failures()
    load.assert_no_failures(1000)
    assert server.resident_bytes - memory < 4 << 20
    eventually(lambda: server.open_files <= files, "the descriptors are closed")


@pytest.mark.slow
def test_many_idle_connections_are_held(weir) -> None:
    server = weir(gateway(), service("up"), route("r", rule("up")), "--echo")
    clients = []
    try:
        for _ in range(800):
            client = connect(server.port())
            clients.append(client)
            client.send(request("GET", "/"))
            assert client.read_response().status == 200
        for client in clients:
            client.send(request("GET", "/again"))
            assert client.read_response().status == 200
    finally:
        for client in clients:
            client.close()
