"""Cite a version in the styles of lawyers and scholars: Bluebook, OSCOLA and APA.

The rules: The Bluebook (21st ed. 2020) 15.1(c), 15.4, 3.3, 18.2.1(b) and (d); OSCOLA (4th ed. 2012)
3.4 with 3.1.4; Publication Manual of the APA (7th ed. 2020) 10.4, 9.16 and 8.28. None knows a text
that somebody else captured, so each citation ends with what none asks for and a reader needs to
check it: the version, the moment of the capture, the hash and where the text is kept. A day of
access is the capture's: on that day the publisher's page said this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from reports.wording.cited import MONTHS, Cited


class Font(StrEnum):
    """How words of a citation are set."""

    PLAIN = "plain"
    ITALIC = "italic"
    SMALL_CAPS = "small-caps"


class Piece(NamedTuple):
    """Words of a citation in one font."""

    text: str
    font: Font = Font.PLAIN


Citation = tuple[Piece, ...]

_UNABBREVIATED = ("May", "June", "July")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")


def plain(citation: Iterable[Piece]) -> str:
    """Return a citation without its fonts."""
    return "".join(piece.text for piece in citation)


def bluebook(cited: Cited) -> Citation:
    """Cite as law reviews of the United States do: a report of an institution (rule 15)."""
    body = cited.institution
    author = body.bluebook or ", ".join(filter(None, (body.author, body.parent)))
    day = _us_day(cited.captured_at, _short_month(cited.captured_at))
    year = _edition_and_year(cited)
    archives = f" [{'; '.join(cited.archives)}]" if cited.archives else ""
    return (
        *_led([Piece(author, Font.SMALL_CAPS)], ", "),
        Piece(cited.title, Font.SMALL_CAPS),
        Piece(
            f"{_bluebook_pinpoint(cited)}{f' ({year})' if year else ''}, {cited.url}"
            f"{'' if year else f' (last visited {day})'}{archives}"
            f" (version {cited.view.number} captured {day}, {_clock(cited)},"
            f" sha256:{cited.short_hash})."
        ),
    )


def oscola(cited: Cited) -> Citation:
    """Cite as British courts and journals do: a document without an ISBN (3.4.1), from the web."""
    body = cited.institution
    publisher = _without_stops(body.parent)
    year = "" if _names_year(cited) else _year(cited)
    issued = ", ".join(filter(None, (cited.edition, f"{publisher} {year}".strip())))
    day = f"{cited.captured_at.astimezone(UTC).day} {_month(cited.captured_at)}"
    kept = "".join(f", archived at <{each}>" for each in cited.archives)
    return (
        *_led([Piece(_without_stops(body.author))], ", "),
        Piece(
            f"\u2018{cited.title}\u2019{f' ({issued})' if issued else ''}{_oscola_pinpoint(cited)}"
            f" <{cited.url}> accessed {day} {cited.captured_at.astimezone(UTC).year}"
            f" (version {cited.view.number} captured {_clock(cited)},"
            f" sha256:{cited.short_hash}{kept})."
        ),
    )


def apa(cited: Cited) -> Citation:
    """Give the entry of the list of references (10.4); ``apa_in_text`` has the pinpoint."""
    body = cited.institution
    day = _us_day(cited.captured_at, _month(cited.captured_at))
    where = cited.url if cited.issued else f"Retrieved {day}, from {cited.url}"
    edition = f" ({cited.edition})" if cited.edition else ""
    publisher = f" {_stopped(body.parent)}" if body.parent else ""
    kept = "".join(f", archived at {each}" for each in cited.archives)
    issued = f"({_year(cited) or 'n.d.'})."
    title = Piece(cited.title, Font.ITALIC)
    stop = "" if not edition and cited.title.endswith((".", "?", "!")) else "."
    head: Citation = (
        (Piece(f"{_stopped(body.author)} {issued} "), title, Piece(f"{edition}{stop}"))
        if body.author
        else (title, Piece(f"{edition}{stop} {issued}"))
    )
    return (
        *head,
        Piece(
            f"{publisher} {where} (version {cited.view.number} captured {day}, {_clock(cited)},"
            f" sha256:{cited.short_hash}{kept})"
        ),
    )


def apa_in_text(cited: Cited) -> str:
    """Return how a sentence refers to the entry, with section and paragraph (8.28)."""
    part = cited.part
    named = f"Section {part.number}" if part.number else part.name and f"{part.name} section"
    paragraph = f"para. {part.paragraph}" if part.paragraph else ""
    who = cited.institution.author or cited.title
    said = filter(None, (who, _year(cited) or "n.d.", named, paragraph))
    return f"({', '.join(said)})"


def _bluebook_pinpoint(cited: Cited) -> str:
    """Rule 3.3: paragraphs that the source does not number are "para.", and not a sign."""
    part = cited.part
    named = f" § {part.number}" if part.number else part.name and f", {part.name}"
    return named + (f", para. {part.paragraph}" if part.paragraph else "")


def _oscola_pinpoint(cited: Cited) -> str:
    part = cited.part
    named = f" s {part.number}" if part.number else part.name and f" {part.name}"
    return named + (f", para {part.paragraph}" if part.paragraph else "")


def _edition_and_year(cited: Cited) -> str:
    """Return what stands beside the title of a dated report; ``""`` of one without a date."""
    year = "" if _names_year(cited) else _year(cited)
    return ", ".join(filter(None, (cited.edition, year))) if cited.issued else ""


def _names_year(cited: Cited) -> bool:
    return bool(cited.issued) and _year(cited) in cited.edition


def _year(cited: Cited) -> str:
    return str(cited.issued[0]) if cited.issued else ""


def _us_day(when: datetime, month: str) -> str:
    day = when.astimezone(UTC)
    return f"{month} {day.day}, {day.year}"


def _month(when: datetime) -> str:
    return MONTHS[when.astimezone(UTC).month - 1]


def _short_month(when: datetime) -> str:
    """Abbreviate a month as The Bluebook does (table T12)."""
    name = _month(when)
    return name if name in _UNABBREVIATED else f"{name[: 4 if name == 'September' else 3]}."


def _clock(cited: Cited) -> str:
    return f"{cited.captured_at.astimezone(UTC):%H:%M:%S} UTC"


def _led(pieces: list[Piece], between: str) -> list[Piece]:
    """Return the pieces and what follows them; nothing if they say nothing."""
    return [*pieces, Piece(between)] if any(piece.text for piece in pieces) else []


def _without_stops(name: str) -> str:
    """OSCOLA sets no full stops in abbreviations: US, UK (1.2)."""
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), name)


def _stopped(name: str) -> str:
    return name if name.endswith(".") else f"{name}."
