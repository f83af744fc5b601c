"""gRPC messages and gRPC-Web bodies by hand (gRPC's PROTOCOL-HTTP2 and PROTOCOL-WEB)."""

import base64
import struct
from dataclasses import dataclass, field

from support.wire import Message


def frame(message: bytes, flags: int = 0) -> bytes:
    return struct.pack(">BI", flags, len(message)) + message


@dataclass
class Body:
    messages: list[bytes] = field(default_factory=list)
    trailers: dict[str, str] | None = None


def parse(body: bytes) -> Body:
    found = Body()
    while body:
        assert len(body) >= 5, body
        flags, length = struct.unpack(">BI", body[:5])
        data, body = body[5 : 5 + length], body[5 + length :]
        assert len(data) == length, "the last frame is cut off"
        assert found.trailers is None, "something comes after the trailers"
        if flags & 0x80:
            lines = data.decode("ascii").split("\r\n")
            assert lines.pop() == "", "the last trailer does not end its line"
            found.trailers = dict(line.split(": ", 1) for line in lines)
        else:
            found.messages.append(data)
    return found


def decode_text(body: bytes) -> bytes:
    """Base64 texts one behind the other, each complete with its padding."""
    assert len(body) % 4 == 0, body[-20:]
    return b"".join(base64.b64decode(body[at : at + 4], validate=True) for at in range(0, len(body), 4))


def parse_response(answer: Message, text: bool) -> Body:
    return parse(decode_text(answer.body) if text else answer.body)
