"""The app in a browser on the same machine: textual-serve behind a token that opens it once.

textual-serve asks nobody who they are. Here nothing is served without a session; a session is had for the token in the
address that is printed, once; requests under another host name than ours (a page elsewhere that was made to resolve to
this machine) and websockets from another page are refused.
"""

import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
from textual_serve.server import Server

from curator.errors import UsageError
from curator.module_path import module_command
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from aiohttp import web

HOST = "127.0.0.1"
_COOKIE = "curator-session"
_PATIENCE = 2.0
"""Seconds that open pages have to end in."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self' ws://127.0.0.1:*; frame-ancestors 'none'"
    ),
}
"""Nothing from elsewhere, nothing kept, no other page around it."""

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


class Door:
    """Who may come in.

    Attributes:
        token: opens a session, once.
        address: of the server, without the token.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.token = secrets.token_urlsafe(32)
        self._used = False
        self._session = secrets.token_urlsafe(32)

    @property
    def invitation(self) -> str:
        """The address to open, with the token in it."""
        return f"{self.address}/?token={self.token}"

    async def __call__(self, request: "web.Request", handler: Handler) -> "web.StreamResponse":
        """Let a request in, exchange the token for a session, or refuse."""
        from aiohttp import web

        if request.host != self.address.removeprefix("http://"):
            raise web.HTTPForbidden(text=f"Only {self.address} is served here.")
        if "token" in request.query:
            return self._opened(request.query["token"])
        if not secrets.compare_digest(request.cookies.get(_COOKIE, "").encode(), self._session.encode()):
            raise web.HTTPForbidden(text="Open the address that `curator review --web` printed; it works once.")
        if request.path == "/ws" and request.headers.get("Origin") != self.address:
            raise web.HTTPForbidden(text="Another page may not use this app.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _opened(self, token: str) -> "web.StreamResponse":
        from aiohttp import web

        if self._used or not secrets.compare_digest(token.encode(), self.token.encode()):
            raise web.HTTPForbidden(
                text="This address was used before, or is not the right one. Run `curator review --web` again."
            )
        self._used = True
        response = web.HTTPSeeOther("/")
        response.headers.update(_HEADERS)
        response.set_cookie(_COOKIE, self._session, httponly=True, samesite="Strict", path="/")
        return response


class _Served(Server):
    """textual-serve with a door, its own page, and without its banner."""

    def __init__(self, command: str, door: Door) -> None:
        pages = str(files("curator.tui.web").joinpath("pages"))
        super().__init__(command, host=HOST, title="curator", public_url=door.address, templates_path=pages)
        self._door = door

    def initialize_logging(self) -> None:
        """Leave logging as it is."""

    async def _make_app(self) -> "web.Application":
        from aiohttp import web

        app = await super()._make_app()
        door = self._door

        @web.middleware
        async def enter(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await door(request, handler)

        app.middlewares.append(enter)
        return app

    async def on_startup(self, app: "web.Application") -> None:
        """Say nothing: whoever started this says where to go."""

    def serve_on(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        """Serve until interrupted; `ready` is called once requests are answered."""
        from aiohttp import web

        web.run_app(
            self._make_app(), sock=listening, print=lambda *_: ready(), access_log=None, shutdown_timeout=_PATIENCE
        )


def serve(request: DataRequest, said: Callable[[str], None], *, readonly: bool = False, port: int = 0) -> None:
    """Serve the app on some data until interrupted.

    Args:
        request: the data.
        said: is told the address.
        readonly: nothing is decided.
        port: to listen on; 0: any free one.

    Raises:
        UsageError: the port is taken.
    """
    listening = _listening(port)
    door = Door(f"http://{HOST}:{listening.getsockname()[1]}")
    asked = {name: value for name, value in asdict(request).items() if value is not None}
    command = module_command("curator.tui.web", msgspec.json.encode(asked).decode())
    served = _Served(shlex.join([*command, *(["--readonly"] if readonly else [])]), door)
    invitation = f"Open this address; it works once: {door.invitation}\nCtrl+C here ends it."
    served.serve_on(listening, partial(said, invitation))


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise UsageError(f"Port {port} cannot be used: {error.strerror}. Name another one with --port.") from None
    return listening
