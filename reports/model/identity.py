"""Name a report (source, edition, country, part, never its URL), and a location (its URL)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reports.text.addresses import split_address

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

UNDATED = "current"
"""The one edition of a family that is kept up to date in place."""


class BadReportName(ValueError):
    """A report name that is not ``source/edition/country[/part]``."""


@dataclass(frozen=True, order=True, slots=True)
class ReportId:
    """The identity of one report.

    ``edition`` is the year a report covers, as text. ``country`` is an ISO 3166 alpha-3 code
    (XKX for Kosovo, X codes for a source's own rows), ``""`` if a whole edition is meant.
    ``part`` is ``""`` for a whole country, else the last segment of the child area's key, such as
    ``tibet``.
    """

    source: str
    edition: str
    country: str
    part: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.source, self.edition, self.country, self.part)))

    @property
    def is_document(self) -> bool:
        """Whether the part is a publisher's identifier of a document, which says nothing to people.

        Then the report's title distinguishes it from the others of its country.
        """
        return _IDENTIFIER.fullmatch(self.part) is not None

    @classmethod
    def parse(cls, name: str) -> ReportId:
        """Read ``source/edition/country[/part]``; raises BadReportName."""
        pieces = name.strip("/").split("/")
        if len(pieces) not in (3, 4) or not all(pieces):
            raise BadReportName(f"{name!r} is not source/edition/country[/part]")
        return cls(*pieces)


def location_key(url: str) -> str:
    """Return what makes two URLs one location: host, path without its last slash, query."""
    parts = split_address(url)
    if not parts.hostname:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.hostname}{parts.path.rstrip('/')}{query}"
