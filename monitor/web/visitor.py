"""Who is asking: what they may do, and what proves that a form was made for them."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from services.access import Right


@dataclass(frozen=True)
class Visitor:
    """Whoever sent the request at hand.

    ``has_session`` tells whether they logged in on the page, so that they can log out;
    ``can_log_in`` whether there is a password at all. ``token`` signs a form's path for them alone.
    """

    right: Right = Right.NONE
    has_session: bool = False
    can_log_in: bool = False
    token: Callable[[str], str] = lambda _path: ""

    @property
    def may_read(self) -> bool:
        """Tell whether they may see the pages."""
        return self.right >= Right.READ

    @property
    def may_operate(self) -> bool:
        """Tell whether they may change something, and see addresses."""
        return self.right >= Right.OPERATE


_visitor: ContextVar[Visitor] = ContextVar("visitor")


def visitor() -> Visitor:
    """Return who sent the request being answered; nobody if there is none."""
    return _visitor.get(Visitor())


def welcome(who: Visitor) -> None:
    """Make somebody the visitor of the request being answered."""
    _visitor.set(who)
