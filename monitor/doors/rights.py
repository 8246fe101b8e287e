"""Which right each address of the monitor asks for: decided here, before any route is looked up.

Whatever is not named may be read by readers and changed by operators, so that a route forgotten
here is shut rather than open.
"""

from __future__ import annotations

from services.access import Right

ADD_CHECKPOINT = "/log/witness/add-checkpoint"
OPEN = (
    "/healthz",
    "/unsubscribe",
    "/confirm",
    "/manage",
    "/canary",
    "/login",
    "/logout",
    "/log/",
    "/log/checkpoint",
    ADD_CHECKPOINT,
)
"""Needed by those who have no password: probes, readers of mails, whose links are signed, and
whoever checks the transparency log.
"""

SIGNED = ("/unsubscribe", "/canary", ADD_CHECKPOINT)
"""Where programs send what we signed, such as a mail service's one click, or what a log signed that
we witness: from any origin.
"""

STYLE = "/static/"
TILES = "/log/tile/"

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

READERS_POST = ("/subscribe", "/watch", "/api/v1/subscriptions")
"""Where whoever may read may also ask to be told; the address's owner has to confirm."""

SAFE = ("GET", "HEAD", "OPTIONS")


def right_needed(method: str, path: str) -> Right:
    """Return the right that a request needs."""
    if path in OPEN or path.startswith((STYLE, TILES)):
        return Right.NONE
    if method == "POST" and path in READERS_POST:
        return Right.READ
    if method not in SAFE or _is_below(path, OPERATORS):
        return Right.OPERATE
    return Right.READ


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
