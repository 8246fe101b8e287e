"""Log in as a person does, by the form."""

from __future__ import annotations

import re

import httpx


def log_in(client: httpx.Client, password: str, onward: str = "/") -> httpx.Response:
    shown = client.get("/login")
    form = {"token": hidden(shown.text), "password": password, "next": onward}
    return client.post("/login", data=form)


def hidden(html: str, action: str = "/login") -> str:
    form = re.search(rf'action="{re.escape(action)}".*?name="token" value="(\w+)"', html, re.S)
    assert form, html
    return form[1]
