"""A service on this machine: it answers by script, refuses a wrong key, and fails when it is told to."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "key-that-must-stay-secret-0123456789"


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, Any]:
        """The fields of a multipart body; a file as (name, content)."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[str, Any] = {}
        for part in BytesParser().parsebytes(head + self.body).get_payload():  # type: ignore[union-attr]
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            filename = part.get_filename()
            fields[name] = (filename, content) if filename else content.decode()
        return fields


@dataclass
class Answer:
    """What is sent back."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """Something that goes wrong once with a matching request.

    `kind`: a status; `cut` before the request is read; `lost`: done, but the answer never arrives; `slow`: late.
    """

    method: str
    path: str
    kind: int | str


class Refusal(Exception):
    """The service says no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Loopback(ThreadingHTTPServer):
    """A service; `answer` decides."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.unmet: list[str] = []
        self.lock = threading.Lock()
        self.on_call: Callable[[Call], None] = lambda call: None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError

    def count(self, method: str, path: str) -> int:
        return sum(call.method == method and re.fullmatch(path, call.path) is not None for call in self.calls)

    def take_fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method == method and re.fullmatch(fault.path, path):
                    self.faults.remove(fault)
                    return fault
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for its acknowledgement
    wbufsize = -1
    server: Loopback

    def do_any(self) -> None:
        parts = urlsplit(self.path)
        fault = self.server.take_fault(self.command, parts.path)
        if fault is not None and fault.kind == "cut":
            self._cut()
            return
        body = self._body()
        call = Call(self.command, parts.path, parse_qs(parts.query), self.headers, body)
        if fault is not None and isinstance(fault.kind, int):
            self._send(Answer(fault.kind, {"error": {"message": f"made to fail, key {KEY}"}}, {"retry-after-ms": "1"}))
            return
        if fault is not None and fault.kind == "slow":
            self.rfile.read(1)  # until the other side has had enough
        with self.server.lock:
            self.server.calls.append(call)
            answer = self._answer(call)
        self.server.on_call(call)
        if fault is not None and fault.kind in ("lost", "slow"):
            self._cut()
            return
        self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_any

    def _answer(self, call: Call) -> Answer:
        if call.headers.get("Authorization") != f"Bearer {KEY}" and not call.path.startswith("/storage/"):
            return Answer(401, {"error": {"message": f"Incorrect API key: {call.headers.get('Authorization')}"}})
        try:
            return self.server.answer(call)
        except Refusal as refusal:
            return Answer(refusal.status, {"error": {"message": refusal.message}})
        except Exception as error:
            self.server.unmet.append(f"{call.method} {call.path}: {error!r}")
            return Answer(418, {"error": {"message": repr(error)}})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _send(self, answer: Answer) -> None:
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _cut(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Silence."""


@contextmanager
def serving(server: Loopback) -> Iterator[Any]:
    """Serve; every request must have been one that the service documents."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert server.unmet == []
