"""Make a feed's entries of changes: the news of a mail, for those who would rather fetch it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.links import permalink
from alerts.redline import Paragraph
from alerts.rendering import render_entry
from alerts.story import (
    ABSENCE,
    Story,
    shows_something,
    tell,
)
from alerts.vanished import vanished_tables
from reports.notices.messages import OutgoingChange
from reports.text.plain import one_line
from reports.wording.changes import KIND_NAMES, summary_line, topic_name

MOST_WORDS = 1500
"""Words of one entry's redline: fifty of them are fetched at once, and each links to the whole."""

LONGEST_TITLE = 300
LONGEST_SUMMARY = 600

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry, not even as a reference (section 2.2)."""


@dataclass(frozen=True)
class Category:
    """What an entry may be sorted by: a term for programs and a label for people."""

    term: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One change in a feed. Every text in it is harmless to show and fit for XML 1.0.

    ``html`` is the whole story with its styles inline, ``summary`` its beginning in plain text;
    ``link`` is the change's page.
    """

    change: int
    title: str
    summary: str
    html: str
    link: str
    author: str
    told_at: datetime
    categories: tuple[Category, ...]


def entry_of(
    outgoing: OutgoingChange,
    topics: Sequence[str],
    *,
    public_url: str,
    publishers: Mapping[str, str],
) -> Entry | None:
    """Return the entry of a change; None if it would show no difference, as in a mail.

    ``public_url`` is the monitor's address, ``publishers`` names each source's publisher, and
    ``topics`` are those the change touches.
    """
    compared = outgoing.compared
    if not shows_something(outgoing, compared):
        return None
    change = outgoing.change
    story = None
    if not change.vanished:
        story = tell(
            outgoing,
            compared,
            public_url=public_url,
            publishers=publishers,
            most_words=MOST_WORDS,
        )
    shown = {
        "story": story,
        "tables": vanished_tables([outgoing], public_url, publishers),
        "absence": ABSENCE,
    }
    title = one_line(change.summary_line or summary_line(change, compared), LONGEST_TITLE)
    return Entry(
        change=change.id,
        title=_xml(title),
        summary=_xml(one_line(" ".join(_gist(story)), LONGEST_SUMMARY) or title),
        html=_xml(render_entry(shown)),
        link=_xml(permalink(outgoing, public_url)),
        author=_xml(one_line(publishers.get(change.report.source, "") or change.report.source)),
        told_at=change.detected_at,
        categories=tuple(_categories(outgoing, topics)),
    )


def _gist(story: Story | None) -> Iterator[str]:
    """Yield what happened and the first changed paragraph of each part, in plain text."""
    if story is None:
        return
    yield f"{story.headline}."
    for part in story.parts:
        changed = (shown.text for shown in part.redline if isinstance(shown, Paragraph))
        yield f"{part.name}: {next(changed, '')}"
    for quotation in story.quotations:
        first = quotation.paragraphs[0]
        yield f"{quotation.title}: {first.text if isinstance(first, Paragraph) else first}"


def _categories(outgoing: OutgoingChange, topics: Sequence[str]) -> Iterator[Category]:
    kind = outgoing.change.kind
    yield Category(kind.value, KIND_NAMES[kind])
    for topic in topics:
        yield Category(_xml(one_line(topic)), _xml(one_line(topic_name(topic))))


def _xml(text: str) -> str:
    return _NO_XML.sub("", text)
