"""Read forms, and know that they were sent from our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, HTTPException, Request
from starlette.requests import ClientDisconnect

from flows.settings import Settings
from flows.signing import is_signed, signature
from monitor.gatekeeper import is_loopback

MOST_BYTES = 8192
"""Bytes of a form: all that ours offer, chosen at once, are fewer."""


@dataclass(frozen=True)
class Form:
    """The fields of a form: each may have been given several times."""

    fields: Mapping[str, list[str]]

    def one(self, name: str, default: str = "") -> str:
        """Return a field's value, the last where it was given several times."""
        return self.fields.get(name, [default])[-1]

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self.fields.get(name, [])


async def read_form(request: Request) -> Form:
    """Return a form's fields; raises 413 for one larger than any of ours."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise HTTPException(413, "This form is larger than any that this page makes.")
    except ClientDisconnect:
        raise HTTPException(400, "The form did not arrive whole; send it again.") from None
    return Form(parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000))


Fields = Annotated[Form, Depends(read_form)]


def form_token(settings: Settings, path: str) -> str:
    """Return what a form of ours carries to prove that it is ours; no other site can read it."""
    return signature(settings, "form", path)


def check_form(settings: Settings, request: Request, form: Form) -> None:
    """Refuse a form that another site made somebody send; raises 403."""
    check_origin(settings, request)
    if not is_signed(settings, "form", request.url.path, form.one("token")):
        raise HTTPException(403, "This form has no valid token. Load the page again and resend it.")


def check_origin(settings: Settings, request: Request) -> None:
    """Refuse what a page of another site sends; raises 403. Programs name no origin."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    if site not in ("same-origin", "none") or (origin and not _is_ours(settings, request, origin)):
        raise HTTPException(403, "This was sent from a page of another site and is not accepted.")


def _is_ours(settings: Settings, request: Request, origin: str) -> bool:
    if origin == "null":
        return False
    try:
        host, port = urlsplit(origin).hostname or "", urlsplit(origin).port
    except ValueError:
        return False
    if origin == settings.public_url:
        return True
    return is_loopback(host) and port == request.url.port
