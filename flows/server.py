"""The Prefect server of ``up``: ``python -m flows.server prefect server``.

Prefect's own application as ``prefect server start`` runs it, behind a guard: it answers to its own
host names only, and to those who show its credential. The arguments say in a list of processes what
this is; the settings come from the environment.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import get_current_settings

from flows.credential import is_basic
from services.logs import SAID, log_what_ends_us

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

NAMES = ("127.0.0.1", "localhost", "[::1]")
OF_PROGRAMS = ("/api", "/docs", "/redoc", "/openapi.json")
"""What only those with the credential may ask; the rest is the interface, which asks for it."""

FIRST_WORD_SECONDS = 10.0
"""How long a WebSocket may stay open without having shown the credential."""

POLICY_VIOLATION = 1008


class Guard:
    """An ASGI application that lets through what comes from its own names with the credential.

    A WebSocket shows the credential in its first message, which Prefect reads.
    """

    def __init__(self, app: App, port: int, credential: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in NAMES}
        self._origins = {f"http://{host}" for host in self._hosts}
        self._credential = credential

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif fault := self._fault(scope):
            await _refuse(scope, send, *fault)
        elif scope["type"] == "websocket":
            await self._app(scope, _in_time(receive, send), send)
        else:
            await self._app(scope, receive, send)

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 400, "this server does not go by that name"
        origins = _values(scope, b"origin")
        if any(each.lower() not in self._origins for each in origins):
            return 403, "pages of other sites may not ask"
        if scope["type"] == "http" and not self._may_ask(scope):
            return 401, "Unauthorized"
        return None

    def _may_ask(self, scope: Scope) -> bool:
        """Return whether a request shows the credential, or needs none."""
        path = scope["path"]
        # What a browser asks before it asks with a credential carries none.
        if scope["method"] == "OPTIONS" or not path.startswith(OF_PROGRAMS):
            return True
        shown = _values(scope, b"authorization")
        return len(shown) == 1 and is_basic(shown[0], self._credential)


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": why})
        return
    body = json.dumps({"exception_message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _in_time(receive: Receive, send: Send) -> Receive:
    """Return what reads a WebSocket and closes it if its first message does not come in time."""
    heard = 0

    async def read() -> Message:
        nonlocal heard
        if heard > 1:  # the connection itself, and one message
            return await receive()
        heard += 1
        try:
            return await asyncio.wait_for(receive(), FIRST_WORD_SECONDS)
        except TimeoutError:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "too slow"})
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    return read


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    log_what_ends_us()
    settings = get_current_settings().server
    api = settings.api
    if not (api.auth_string and api.auth_string.get_secret_value()):
        logging.getLogger(SAID).error("PREFECT_SERVER_API_AUTH_STRING is not set")
        return 3
    guarded = Guard(create_app(final=True), api.port, api.auth_string.get_secret_value())
    uvicorn.run(
        guarded,
        host=api.host,
        port=api.port,
        timeout_keep_alive=api.keepalive_timeout,
        ws_ping_interval=api.websocket_ping_interval,
        ws_ping_timeout=api.websocket_ping_timeout,
        log_level=settings.logging_level.lower(),
        log_config=None,  # as everything else is logged: flows/logging.yml
        proxy_headers=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
