"""Flow control and its accounts where they once went wrong: late readers, congestion, cancelled streams, bodies of nothing."""

import fcntl
import socket
import ssl
import struct
import termios
import threading

import hpack
from hyperframe.frame import DataFrame, Frame, HeadersFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame

from support.backends import answering, response
from support.certificates import Authority
from support.http2_backend import FrameConnection, Frames
from support.manifests import gateway, grpc_route, route, rule, service
from support.streams import https_listener, secret
from support.waiting import eventually, settled
from support.wire import request

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def get(path: str = "/", authority: str = "shop.test") -> bytes:
    fields = [(":method", "GET"), (":scheme", "https"), (":path", path), (":authority", authority)]
    return HeadersFrame(1, hpack.Encoder().encode(fields), flags=["END_HEADERS", "END_STREAM"]).serialize()


def waiting(connection: socket.socket) -> int:
    """Bytes that have arrived and nobody has read."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0]


def test_a_client_behind_tls_that_reads_late_gets_everything(weir, backend) -> None:
    size = 24 << 20
    server = weir(
        gateway(https_listener("l", 8443, None, "cert")), secret("cert", Authority().issue("shop.test")), service("up"),
        route("r", rule("up")), "--workers", "1", ports=(8443,), up=backend(answering(response(b"x" * size))),
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    raw = socket.create_connection(("127.0.0.1", server.port(8443)), timeout=20)
    with context.wrap_socket(raw, server_hostname="shop.test") as client:
        # All windows are open from the start: the client has nothing more to say.
        client.sendall(PREFACE + SettingsFrame(0, settings={4: 0x7FFFFFFF}).serialize())
        client.sendall(WindowUpdateFrame(0, window_increment=0x7FFFFFFF - 65535).serialize() + get())
        settled(lambda: waiting(client))  # The sockets between are full.
        received = 0
        while received < size:
            part = client.recv(1 << 18)
            assert part, f"closed after {received} bytes"
            received += len(part)


def answer_settings(connection: FrameConnection, frame: Frame) -> None:
    if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
        connection.send(SettingsFrame(0, flags=["ACK"]))


def test_uploads_go_on_after_congestion_though_the_backend_says_nothing(weir, backend) -> None:
    size, count, complete = 100_000, 60, set()
    may_read = threading.Event()

    def serve(connection: FrameConnection) -> None:
        connection.wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.send(SettingsFrame(0, settings={4: 1 << 30}), WindowUpdateFrame(0, window_increment=1 << 30))
        assert may_read.wait(20)
        while True:
            frame = connection.read()
            answer_settings(connection, frame)
            if isinstance(frame, DataFrame) and "END_STREAM" in frame.flags:
                complete.add(frame.stream_id)

    upstream = backend(Frames(serve))
    server = weir(
        gateway(), service("up", "kubernetes.io/h2c"),
        route("r", rule("up")), "--workers", "1", up=upstream,
    )  # fmt: skip
    clients = [server.connect() for _ in range(count)]
    threads = [
        threading.Thread(target=client.send, args=(request("POST", "/", body=b"z" * size),), daemon=True)
        for client in clients
    ]
    for thread in threads:
        thread.start()
    eventually(lambda: upstream.connections == 1)
    may_read.set()
    eventually(lambda: len(complete) == count)
    server.expected_exit_code = None
    for client in clients:
        client.close()


def test_a_cancelled_request_does_not_end_its_neighbours(weir, backend) -> None:
    resets: list[int] = []
    goodbyes: list[Frame] = []

    def serve(connection: FrameConnection) -> None:
        decoder = hpack.Decoder()
        connection.send(SettingsFrame(0))
        while True:
            frame = connection.read()
            answer_settings(connection, frame)
            if isinstance(frame, HeadersFrame):
                path = dict(decoder.decode(frame.data))[":path"]
                head = hpack.Encoder().encode([(":status", "200")])
                connection.send(HeadersFrame(frame.stream_id, head, flags=["END_HEADERS"]))
                connection.send(DataFrame(frame.stream_id, path.encode()))
            elif isinstance(frame, RstStreamFrame):
                resets.append(frame.stream_id)
                # A window of small messages was on its way. Then the neighbour's answer ends.
                connection.wire.send(DataFrame(frame.stream_id, b"y" * 20).serialize() * 6000)
                connection.send(*[DataFrame(1, b"!", flags=["END_STREAM"])])
            elif frame.type == 7:
                goodbyes.append(frame)

    server = weir(
        gateway(), service("up", "kubernetes.io/h2c"),
        route("r", rule("up")), "--workers", "1", up=backend(Frames(serve)),
    )  # fmt: skip
    with server.connect() as neighbour:
        neighbour.send(request("GET", "/first"))
        eventually(lambda: b"/first" in neighbour.socket.recv(65536, socket.MSG_PEEK))
        with server.connect() as leaver:
            leaver.send(request("GET", "/second"))
            eventually(lambda: b"/second" in leaver.socket.recv(65536, socket.MSG_PEEK))
            leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert neighbour.read_response().body == b"/first!"
    assert resets and not goodbyes


def test_a_grpc_web_text_request_without_a_body_ends_with_its_head(weir, backend) -> None:
    upstream = backend(answering(response("", "Content-Type: application/grpc", "grpc-status: 0")))
    server = weir(
        gateway(), service("up", "kubernetes.io/ws"),
        grpc_route("r", rule("up")), "--workers", "1", up=upstream,
    )  # fmt: skip
    with server.connect() as client:
        for _ in range(2):
            client.send(request("POST", "/S/M", "Content-Type: application/grpc-web-text", "Content-Length: 0"))
            assert client.read_response().status == 200
    for message in upstream.requests:
        names = [name.lower() for name, _ in message.fields]
        assert "transfer-encoding" not in names and ("Content-Length", "0") in message.fields
