"""What stands around a report on its page, as one look found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple


class Surrounding(NamedTuple):
    """One paragraph around a report.

    ``key`` is equal for texts that differ in figures, dates or the page's own name alone;
    ``place`` is equal for what stands in elements of the same names, and equals no key. ``since``
    is when the run began that saw the text first on its page.
    """

    key: str
    place: str
    text: str
    since: datetime = datetime.min.replace(tzinfo=UTC)


Surroundings = Mapping[str, Surrounding]
"""What stands around one report, by key, in the order of the page."""


@dataclass(frozen=True)
class SurroundedPage:
    """A page with what stands around its report.

    ``before`` is what stood there when changes were concluded on last, as seen at ``before_at``;
    None if nothing has come or gone since. ``changed_since`` is when the run began that saw it
    come or go, ``looked_at`` the latest look.
    """

    location_id: int
    edition: str
    looked_at: datetime
    now: Surroundings
    before: Surroundings | None = None
    before_at: datetime | None = None
    changed_since: datetime | None = None
