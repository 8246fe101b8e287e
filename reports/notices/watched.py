"""Watched passages: words that a subscriber cites, where they stand, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from reports.model.reading import SUMMARY_NAME
from reports.text.plain import one_line
from reports.text.quoted import same_words


@dataclass(frozen=True)
class WatchedPassage:
    """Words of a report as a subscriber cites them.

    ``report`` is a report's name, ``version`` the one in which the words stand, and ``quote`` its
    literal words, one line a paragraph. They stand in its text ``text`` (0 is the summary, n is
    section n) from word ``start`` on. ``note`` is the subscriber's own, such as a case number.
    ``is_still`` asks to be told also of each edit of the report that leaves the words as they are.
    """

    report: str
    version: int
    quote: str
    text: int
    start: int
    note: str = ""
    is_still: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> WatchedPassage:
        """Read back what ``as_json`` gave."""
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        """Return the passage as a document."""
        return asdict(self)


class Standing(StrEnum):
    """How a watched passage stands in the version that was looked at last."""

    CITED = "as cited"
    REWORDED = "reworded"
    GONE = "gone"


@dataclass(frozen=True)
class Anchor:
    """Where a watched passage stood last: in ``version``, in the words ``words``.

    They stand in its text ``text`` from word ``start`` on. ``gone_in`` is the version that no
    longer has them, 0 while they stand.
    """

    version: int
    words: str
    text: int
    start: int
    gone_in: int = 0

    def standing(self, quote: str) -> Standing:
        """Say how it stands against the words as cited."""
        if self.gone_in:
            return Standing.GONE
        return Standing.CITED if same_words(self.words, quote) else Standing.REWORDED

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Anchor:
        """Read back what ``as_json`` gave."""
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        """Return the anchor as a document."""
        return asdict(self)


class PassageEvent(StrEnum):
    """How a watched passage stands after a change of its report."""

    STILL = "still there"
    REWORDED = "reworded"
    GONE = "gone"
    BACK = "back"
    REMOVED = "gone with its report"
    ABSENT = "gone before"  # and the change is one of the report as a whole


@dataclass(frozen=True)
class PassageNews:
    """What one change did to one watched passage.

    ``before`` are its words as they stood last, in ``from_version``. ``after`` are those in
    ``to_version``, in the part of the report that ``part`` names; of one that is gone they are the
    nearest that are left, ``""`` for none. ``is_cited`` says that ``after`` are the cited words.
    """

    subscription: int
    event: PassageEvent
    quote: str
    cited_in: int
    note: str
    before: str
    from_version: int
    after: str = ""
    to_version: int = 0
    part: str = ""
    is_cited: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> PassageNews:
        """Read back what ``as_json`` gave."""
        return cls(**{**document, "event": PassageEvent(document["event"])})

    def as_json(self) -> dict[str, Any]:
        """Return the news as a document."""
        return asdict(self)


@dataclass(frozen=True)
class ToldPassages:
    """What one alert tells of its reader's watched passages.

    ``is_all`` says that the reader asked for nothing else of this change.
    """

    news: tuple[PassageNews, ...] = ()
    is_all: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> ToldPassages:
        """Read back what ``as_json`` gave, or the None of an alert that tells of none."""
        if not document:
            return cls()
        news: Sequence[Mapping[str, Any]] = document["news"]
        return cls(tuple(map(PassageNews.of, news)), document["is_all"])

    def as_json(self) -> dict[str, Any]:
        """Return it as a document."""
        return {"news": [each.as_json() for each in self.news], "is_all": self.is_all}


NOTHING_WATCHED = ToldPassages()


def part_name(part: str) -> str:
    """Name a part of a report within a sentence: "the Executive Summary"."""
    return f"the {SUMMARY_NAME}" if part == SUMMARY_NAME else one_line(part)
