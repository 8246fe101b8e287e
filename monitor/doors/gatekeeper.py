"""Decide who may speak to the monitor, and put the security headers on every answer."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.doors.authentication import CHALLENGE, AccessDenied, Reception
from monitor.doors.bounds import bounded, check_bounds
from monitor.doors.hosts import host_of, is_loopback
from monitor.doors.rights import SAFE, SIGNED, right_needed
from monitor.web.problems import API, answer_problem
from monitor.web.visitor import Visitor, welcome
from scrapers.fetch.urls import origin_of
from services.access import Right


def policy(**more: str) -> str:
    """Return the Content-Security-Policy of a page: nothing but its style, and ``more``.

    Keywords name directives, with ``_`` for ``-``.
    """
    own = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "; ".join(f"{name} {value}" for name, value in own.items())


SECURITY_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-DNS-Prefetch-Control": "off",
}
PERSONAL = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
ONE_YEAR = "max-age=31536000"


class Gatekeeper:
    """Middleware: bounds, host, rights, headers — in this order, before any route is asked."""

    def __init__(self, app: ASGIApp, reception: Reception, public_url: str) -> None:
        self._app = app
        self._reception = reception
        self._public_url = public_url
        self._public_host = urlsplit(public_url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(SECURITY_HEADERS)
        if self._reception.is_https:
            headers["Strict-Transport-Security"] = ONE_YEAR

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                written = MutableHeaders(scope=message)
                for name, value in headers.items():
                    written.setdefault(name, value)
            await send(message)

        answer: ASGIApp
        try:
            check_bounds(scope)
            self._check_host(scope)
            who = await run_in_threadpool(self._reception.recognize, scope)
            welcome(who)
            self._check_origin(scope)
            if who.can_log_in:
                headers |= PERSONAL
            answer = self._refusal(scope, who) or self._app
        except AccessDenied as refused:
            answer = answer_problem(scope["path"], refused.status, refused.text, refused.headers)
        await answer(scope, bounded(receive, scope), send_with_headers)

    def _check_host(self, scope: Scope) -> None:
        hosts = [host_of(value) for value in Headers(scope=scope).getlist("host")]
        if not hosts or not all(map(self._is_ours, hosts)):
            raise AccessDenied(
                400,
                "This monitor does not go by that host name. Use its loopback address, or set "
                "REPORTWATCH_PUBLIC_URL to the address people use.",
            )

    def _check_origin(self, scope: Scope) -> None:
        """Refuse what a page of another site sends. Programs name no origin."""
        if scope["method"] in SAFE or scope["path"] in SIGNED:
            return
        headers = Headers(scope=scope)
        site, origin = headers.get("sec-fetch-site", "same-origin"), headers.get("origin", "")
        is_same = site in ("same-origin", "none")
        if not is_same or (origin and not self._is_our_page(origin, scope)):
            raise AccessDenied(
                403, "This was sent from a page of another site and is not accepted."
            )

    def _is_our_page(self, origin: str, scope: Scope) -> bool:
        if self._public_url and origin == origin_of(self._public_url):
            return True
        host = Headers(scope=scope).get("host", "")
        return is_loopback(host_of(host)) and origin == f"{scope['scheme']}://{host}"

    def _is_ours(self, host: str) -> bool:
        return bool(host) and (is_loopback(host) or host == self._public_host)

    def _refusal(self, scope: Scope, who: Visitor) -> Response | None:
        path, needed = scope["path"], right_needed(scope["method"], scope["path"])
        if who.right >= needed:
            return None
        if not who.can_log_in:
            return answer_problem(path, 403, _UNGUARDED, links=())
        login = f"/login?next={quote(_address(scope), safe='')}"
        if _is_browsing(scope):
            return RedirectResponse(login, 303)
        text = _NEEDS[needed]
        if who.right is Right.NONE:
            return answer_problem(path, 401, text, CHALLENGE, (("/login", "Log in"),))
        return answer_problem(path, 403, text, links=((login, "Log in as operator"),))


_UNGUARDED = (
    "This monitor can be reached from other machines and has no password. Set "
    "REPORTWATCH_ADMIN_PASSWORD and start it again, or bind it to 127.0.0.1."
)
_NEEDS = {
    Right.READ: "Give the password that the operator set; any user name will do.",
    Right.OPERATE: "This is for operators: give the operator's password, or a token that operates.",
}


def _is_browsing(scope: Scope) -> bool:
    """Tell whether a person opens a page, who is better led to the login than refused."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    return wants_page and scope["method"] == "GET" and not scope["path"].startswith(API)


def _address(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])
