"""Decide who may speak to the monitor, and put the security headers on every answer."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.settings import Settings
from monitor.rendering import render

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

OPEN_PATHS = ("/healthz", "/unsubscribe", "/confirm", "/manage", "/canary", "/static/")
"""Needed by those who have no password: probes, readers of mails, and their page's style."""


class Gatekeeper:
    """Middleware: host check, password, headers — in this order, before any route is asked."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._password = settings.admin_password
        self._public_host = urlsplit(settings.public_url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = [_hostname(value) for value in headers.getlist("host")]
        if not hosts or not all(map(self._is_ours, hosts)):
            return refuse(
                400,
                "This monitor does not go by that host name. Use its loopback address, or set "
                "REPORTWATCH_PUBLIC_URL to the address people use.",
            )
        if _is_open(scope["path"]):
            return None
        if not self._password:
            return None if _is_local(scope.get("server")) else _demand_password()
        if self._knows_password(headers.get("authorization", "")):
            return None
        return refuse(
            401,
            "Give the password that the operator set; any user name will do.",
            {"WWW-Authenticate": 'Basic realm="reportwatch", charset="UTF-8"'},
        )

    def _is_ours(self, host: str) -> bool:
        return bool(host) and (is_loopback(host) or host == self._public_host)

    def _knows_password(self, authorization: str) -> bool:
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(credentials, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given.partition(b":")[2], self._password.encode())


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse(status: int, text: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """Return a page that says why something was refused and what to do."""
    title = HTTPStatus(status).phrase
    page = render("message.html", here="", title=title, text=text, links=())
    return HTMLResponse(page, status, headers)


def _demand_password() -> HTMLResponse:
    return refuse(
        403,
        "This monitor can be reached from other machines and has no password. Set "
        "REPORTWATCH_ADMIN_PASSWORD and start it again, or bind it to 127.0.0.1.",
    )


def _is_open(path: str) -> bool:
    return any(
        path == each or (each.endswith("/") and path.startswith(each)) for each in OPEN_PATHS
    )


def _is_local(server: Iterable[object] | None) -> bool:
    """Tell whether a connection ended on the loopback interface (or on a socket file)."""
    host, port, *_ = (*(server or ()), None, None)
    return host is None or port is None or is_loopback(str(host))


def _hostname(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
