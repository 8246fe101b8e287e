"""Which right each address of the monitor asks for: decided here, before any route is looked up.

Whatever is not named may be read by readers and changed by operators, so that a route forgotten
here is shut rather than open.
"""

from __future__ import annotations

from services.access import Right

OPEN = ("/healthz", "/unsubscribe", "/confirm", "/manage", "/canary", "/login", "/logout")
"""Needed by those who have no password: probes, and readers of mails, whose links are signed."""

SIGNED = ("/unsubscribe", "/canary")
"""Where programs send what we signed, such as a mail service's one click: from any origin."""

STYLE = "/static/"

OPERATORS = (
    "/alarms",
    "/alerts",
    "/reviews",
    "/subscriptions",
    "/settings",
    "/runs/new",
    "/api/v1/alerts",
    "/api/v1/reviews",
    "/api/v1/subscriptions",
)
"""Pages that show addresses of people or what the operator decides, with all below them."""

READERS_POST = ("/subscribe", "/api/v1/subscriptions")
"""Where whoever may read may also ask to be told; the address's owner has to confirm."""

SAFE = ("GET", "HEAD", "OPTIONS")


def right_needed(method: str, path: str) -> Right:
    """Return the right that a request needs."""
    if path in OPEN or path.startswith(STYLE):
        return Right.NONE
    if method == "POST" and path in READERS_POST:
        return Right.READ
    if method not in SAFE or _is_below(path, OPERATORS):
        return Right.OPERATE
    return Right.READ


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
