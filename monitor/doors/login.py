"""Log in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.doors.authentication import AccessDenied, Reception, client_of
from monitor.doors.devices import DEVICE_DAYS, device_cookie
from monitor.doors.forms import Fields, check_form
from monitor.web.routing import OpenParts, add_page, page
from services import access
from services.access import SESSION_HOURS, Right

Next = Annotated[str, Query(alias="next", max_length=1024)]


def login_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    add_page(router, "/login", ask, takes_any=True)
    router.add_api_route("/login", log_in, methods=["POST"], include_in_schema=False)
    router.add_api_route("/logout", log_out, methods=["POST"], include_in_schema=False)
    return router


def ask(parts: OpenParts, onward: Next = "/") -> HTMLResponse:
    """Show the form."""
    return _form(onward, has_password=bool(parts.settings.admin_password))


def log_in(parts: OpenParts, request: Request, form: Fields) -> Response:
    """Open a session for whoever knows a password; any wrong one gets the same answer."""
    check_form(request, form)
    reception: Reception = request.app.state.reception
    onward = form.one("next", "/")
    try:
        right = reception.right_of(
            form.one("password"), client_of(request.scope), reception.device(request.headers)
        )
    except AccessDenied as refused:
        return _form(onward, fault=refused.text, status=refused.status, headers=refused.headers)
    if right is Right.NONE:
        return _form(onward, fault="This is not the password.", status=403)
    opened = access.open_session(parts, right)
    answer = RedirectResponse(_own_path(onward), 303)
    known = device_cookie(parts.settings, right, parts.now())
    for name, value, seconds in (
        (reception.cookie, opened.key, SESSION_HOURS * 3600),
        (reception.device_cookie, known, DEVICE_DAYS * 24 * 3600),
    ):
        answer.set_cookie(
            name,
            value,
            max_age=seconds,
            secure=reception.is_https,
            httponly=True,
            samesite="lax",
        )
    return answer


def log_out(parts: OpenParts, request: Request, form: Fields) -> Response:
    """End the session, here and in the database."""
    check_form(request, form)
    reception: Reception = request.app.state.reception
    if key := reception.session_key(request.headers):
        access.end_session(parts, key)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(reception.cookie, secure=reception.is_https, httponly=True, samesite="lax")
    return answer


def _form(
    onward: str,
    *,
    has_password: bool = True,
    fault: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    made = page(
        "login.html", "/login", onward=_own_path(onward), fault=fault, has_password=has_password
    )
    made.status_code = status
    made.headers.update(headers or {})
    return made


def _own_path(text: str) -> str:
    """Return a path of our own to go on to; ``/`` for what might lead to another site."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if is_own else "/"
