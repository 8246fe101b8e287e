"""Cite a version so that anybody can find and check the text: publisher, page, time, hash."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from reports.model.notes import edition_of
from reports.model.reading import SUMMARY_NAME
from reports.model.values import VersionView
from reports.text.plain import one_line


class Style(StrEnum):
    """The styles in which a version can be cited."""

    LINE = "line"  # with the whole digest
    BLUEBOOK = "bluebook"
    OSCOLA = "oscola"
    APA = "apa"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


WHOLE_NAME = "whole report"
"""What is cited if it is no part of a report, for people."""

_MACHINE_ADDRESSES = (("https://www.gov.uk/api/content/", "https://www.gov.uk/"),)
"""How addresses of data begin, and those of the pages that say the same to people."""


def cite(view: VersionView, publisher: str, *, is_whole: bool = False) -> str:
    """Return one line that names a version, its summary or the whole report, and the hash."""
    reading = view.reading
    named = WHOLE_NAME if is_whole else SUMMARY_NAME
    sha256 = reading.report_sha256 if is_whole else reading.text_sha256
    return citation_line(view, publisher, named, sha256)


def citation_line(
    view: VersionView, publisher: str, named: str, sha256: str, permalink: str = ""
) -> str:
    """Return one line that names a part of a version, with its hash and where it is kept."""
    archives = " / ".join(filter(None, (permalink, view.memento_url)))
    cited = [
        publisher,
        view.title or str(view.report),
        edition_of(view.reading.notes),
        named,
        page_for_people(view.url),
        f"version {view.number}",
        f"captured {stamp(view.captured_at)}",
        f"sha256:{sha256}",
        f"archived at {archives}" if archives else "",
    ]
    return ", ".join(one_line(part) for part in cited if part) + "."


def cite_difference(
    before: VersionView, after: VersionView, publisher: str, address: str = ""
) -> str:
    """Return one line that names a difference: the page, both versions with their hashes.

    ``address`` is where the difference itself is shown, ``""`` if nobody else can reach it.
    """
    cited = [
        publisher,
        after.title or str(after.report),
        page_for_people(after.url),
        *(
            f"version {view.number} captured {stamp(view.captured_at)}"
            f" (report sha256:{view.reading.report_sha256})"
            for view in (before, after)
        ),
        f"compared word by word by reportwatch{address and ', '}{address}",
    ]
    return ", ".join(one_line(part) for part in cited if part) + "."


def page_for_people(url: str) -> str:
    """Return the page to show to people for an address that programs are given instead of it."""
    for machine, page in _MACHINE_ADDRESSES:
        if url.startswith(machine):
            return page + url.removeprefix(machine)
    return url


def stamp(when: datetime) -> str:
    """Return a time in ISO 8601, UTC, to the second."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def exact_stamp(when: datetime) -> str:
    """Return a time in ISO 8601, UTC, always to the microsecond: it can be asked for again."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
