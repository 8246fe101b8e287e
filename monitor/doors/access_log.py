"""Log every answer: who asked for what, and what came of it in which time.

Of an address only the path is logged: queries hold tokens of readers, and what people search for.
"""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.logs import OF_ANSWERS

LONGEST_PATH = 200
_log = logging.getLogger("monitor.access")


class AccessLog:
    """Middleware: the outermost one, so that it sees what the others refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            client = (scope.get("client") or ("-",))[0]
            path = quote(scope["path"][:LONGEST_PATH])
            milliseconds = (time.perf_counter() - started) * 1000
            answered = (client, scope["method"], path, status, round(milliseconds))
            fields = dict(zip(OF_ANSWERS, answered, strict=True))
            _log.info("%s %s %s %d %d ms", *answered, extra=fields)
