"""Read forms, and know that they were sent from our own pages."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request

from monitor.web.bodies import read_body
from monitor.web.visitor import visitor
from storage.operate.actions import MOST_WHO

MOST_BYTES = 8192
"""Bytes of a form: all that ours offer, chosen at once, are fewer."""

MOST_FIELDS = 1000
_TOO_LARGE = "This form is larger than any that this page makes."


@dataclass(frozen=True)
class SentForm:
    """The fields of a form: each may have been given several times."""

    fields: Mapping[str, list[str]]

    def one(self, name: str, default: str = "") -> str:
        """Return a field's value, the last where it was given several times."""
        return self.fields.get(name, [default])[-1]

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self.fields.get(name, [])


async def read_form(request: Request) -> SentForm:
    """Return a form's fields; raises 413 for one larger than any of ours."""
    body = await read_body(request, MOST_BYTES, _TOO_LARGE)
    try:
        return SentForm(parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(413, _TOO_LARGE) from None


Fields = Annotated[SentForm, Depends(read_form)]


def form_token(path: str) -> str:
    """Return what a form made for the visitor carries; nobody else can make or read it."""
    return visitor().token(path)


def check_form(request: Request, form: SentForm) -> None:
    """Refuse a form that was not made here for this visitor; raises 403.

    That no page of another site sent it, the gatekeeper has seen already.
    """
    expected = form_token(request.url.path)
    if not hmac.compare_digest(expected.encode(), form.one("token").encode()):
        raise HTTPException(403, "This form has no valid token. Load the page again and resend it.")


def who_decides(form: SentForm) -> str:
    """Return the name that is kept with a decision: the one in the form, if there is one."""
    return form.one("who").strip()[:MOST_WHO] or "an operator, in the monitor"
