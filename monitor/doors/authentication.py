"""Recognise who sends a request: by where it comes from, a password, a session or a token."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from monitor.doors.devices import Device, read_device
from monitor.doors.hosts import host_of, is_loopback
from monitor.doors.login_throttle import Attempts
from monitor.web.page_cache import PageCache
from monitor.web.visitor import Visitor
from reports.text.plain import counted
from services import access
from services.access import Right
from services.assembly import Parts
from services.signing import signature

CHALLENGE = {"WWW-Authenticate": 'Basic realm="reportwatch", charset="UTF-8"'}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class AccessDenied(Exception):
    """Somebody who is not let in, and why."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers


class Reception:
    """Knows passwords, sessions and tokens, and slows down those who guess."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._settings = parts.settings
        self._attempts = Attempts()
        self._pepper = secrets.token_bytes(32)
        self._known: PageCache[Right] = PageCache()
        self.is_https = urlsplit(parts.settings.public_url).scheme == "https"
        self.cookie = "__Host-reportwatch" if self.is_https else "reportwatch"
        self.device_cookie = f"{self.cookie}-device"

    def recognize(self, scope: Scope) -> Visitor:
        """Return who sends a request; raises AccessDenied for a wrong password or token."""
        headers = Headers(scope=scope)
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            right = access.right_of_token(self._parts, credentials.strip())
            if right is Right.NONE:
                raise AccessDenied(401, "This token opens nothing; it may have expired.", CHALLENGE)
            return self._visitor(right, credentials)
        if not self._settings.admin_password:
            return self._visitor(self._unguarded(scope, headers), "here")
        if scheme:
            return self._visitor(self._by_basic(scheme, credentials, client_of(scope)), "password")
        if key := self.session_key(headers):
            right = access.right_of_session(self._parts, key)
            if right is not Right.NONE:
                return self._visitor(right, key, has_session=True)
        return self._visitor(self._for_anybody(), "anybody")

    def right_of(self, password: str, client: str, device: Device | None = None) -> Right:
        """Return what a password opens, NONE for a wrong one.

        Raises AccessDenied while a client that guessed too often has to wait; a known device does
        not wait for others at its address.
        """
        if wait := self._attempts.wait(client):
            if device and self._is_known(device, password):
                return device.right
            seconds = math.ceil(wait)
            raise AccessDenied(
                429,
                f"Too many wrong passwords. Try again in {counted(seconds, 'second')}.",
                {"Retry-After": str(seconds)},
            )
        right = access.right_of_password(self._settings, password)
        if right is Right.NONE:
            self._attempts.failed(client)
        elif right is Right.OPERATE:  # a reader's would free guesses of the operator's
            self._attempts.succeeded(client)
        return right

    def _is_known(self, device: Device, password: str) -> bool:
        """Tell whether a device gives the password that was given in it before, and no other."""
        if self._attempts.wait(device.name, is_known=True):
            return False
        if access.right_of_password(self._settings, password) is device.right:
            self._attempts.succeeded(device.name)
            return True
        self._attempts.failed(device.name)
        return False

    def device(self, headers: Headers) -> Device | None:
        """Return the known device that a request comes from."""
        return read_device(self._settings, _cookie(headers, self.device_cookie), self._parts.now())

    def session_key(self, headers: Headers) -> str:
        """Return the key in a request's cookie, ``""`` if there is none."""
        return _cookie(headers, self.cookie)

    def _by_basic(self, scheme: str, credentials: str, client: str) -> Right:
        password = _password(credentials) if scheme.lower() == "basic" else None
        right = Right.NONE
        if password is not None:
            right = self._right_of_program(password, client)
        if right is Right.NONE:
            raise AccessDenied(
                401, "Give the password that the operator set; any user name will do.", CHALLENGE
            )
        return right

    def _right_of_program(self, password: str, client: str) -> Right:
        """Look a password up; one that was right is remembered: programs send it every time."""
        if self._attempts.wait(client):
            return self.right_of(password, client)  # which refuses, right or wrong
        mark = hmac.digest(self._pepper, password.encode("utf-8", "surrogatepass"), "sha256")
        right = self._known.get(mark, lambda: self.right_of(password, client))
        if right is Right.NONE:
            self._known.drop(mark)
        return right

    def _unguarded(self, scope: Scope, headers: Headers) -> Right:
        """Return what may be done if no password is set: all, from this machine alone."""
        here = is_local(scope.get("server")) and is_loopback(host_of(headers.get("host", "")))
        if here and not any(name in headers for name in _FORWARDED):
            return Right.OPERATE
        return self._for_anybody()

    def _for_anybody(self) -> Right:
        return Right.READ if self._settings.open_reading else Right.NONE

    def _visitor(self, right: Right, key: str, *, has_session: bool = False) -> Visitor:
        mark = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return Visitor(
            right,
            has_session=has_session,
            can_log_in=bool(self._settings.admin_password),
            token=lambda path: signature(self._settings, "form", f"{mark}:{int(right)}:{path}"),
        )


def client_of(scope: Scope) -> str:
    """Return the address a request comes from; a proxy on this machine is asked by uvicorn."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_local(server: Iterable[object] | None) -> bool:
    """Tell whether a connection ended on the loopback interface (or on a socket file)."""
    host, port, *_ = (*(server or ()), None, None)
    return host is None or port is None or is_loopback(str(host))


def _cookie(headers: Headers, name: str) -> str:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    held = cookies.get(name)
    return held.value if held else ""


def _password(credentials: str) -> str | None:
    try:
        given = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return given.partition(":")[2]
