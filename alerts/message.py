"""Compose the mail for one claimed message: subject, plain text and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.mass import Compared, Overview, overview
from alerts.redline import LEGEND, MOST_WORDS
from alerts.rendering import render
from alerts.story import (
    ABSENCE,
    Story,
    moment,
    shows_something,
    tell,
)
from alerts.vanished import vanished_subject, vanished_tables
from reports.notices.messages import OutgoingMessage
from reports.text.plain import one_line, web_url
from reports.wording.changes import counted, headline, report_name

LONGEST_SUBJECT = 180
_LONGEST_NAME = 80  # of a report in a subject: what happened must stay in sight

_MOST_WORDS_IN_ALL = 4 * MOST_WORDS


class EmptyMessage(ValueError):
    """None of a message's changes would show its reader any difference: nothing may be sent."""


@dataclass(frozen=True)
class ComposedMessage:
    """What goes into a mail: a subject on one line, and the same news as text and as HTML."""

    subject: str
    text: str
    html: str


def compose(
    message: OutgoingMessage,
    *,
    public_url: str,
    operator: str,
    publishers: Mapping[str, str],
    now: datetime,
    unsubscribe_url: str = "",
    manage_url: str = "",
) -> ComposedMessage:
    """Write the mail for ``message``.

    ``public_url`` is the monitor's address (``""``: no links), ``operator`` whom to write to,
    ``publishers`` names each source's publisher as it is cited. Changes without any visible
    difference are left out; raises EmptyMessage if none remains.
    """
    changes = [(outgoing, outgoing.compared) for outgoing in message.changes]
    changes = [pair for pair in changes if shows_something(*pair)]
    if not changes:
        raise EmptyMessage(f"message {message.message_id} would show no difference")
    summary = overview(changes, public_url) if message.is_mass and len(changes) > 1 else None
    stories = () if summary else _stories(changes, public_url, publishers)
    tables = () if summary else vanished_tables(message.changes, public_url, publishers)
    subject = _subject(changes, summary)
    shown = {
        "subject": subject,
        "stories": stories,
        "overview": summary,
        "tables": tables,
        "legend": LEGEND if _has_redline(stories, summary) else "",
        "absence": ABSENCE if tables or _has_silence(stories, summary) else "",
        "changes_url": f"{public_url.rstrip('/')}/changes" if web_url(public_url) else "",
        "unsubscribe_url": web_url(unsubscribe_url),
        "manage_url": web_url(manage_url),
        "how_to_stop": _how_to_stop(operator, web_url(unsubscribe_url)),
        "written_at": moment(now),
    }
    return ComposedMessage(
        subject=subject,
        text=render("message.txt", shown),
        html=render("message.html", shown),
    )


def _stories(
    changes: Sequence[Compared], public_url: str, publishers: Mapping[str, str]
) -> tuple[Story, ...]:
    """Tell each change of a report; topics that left whole editions have tables of their own."""
    stories = []
    room = _MOST_WORDS_IN_ALL
    for outgoing, compared in changes:
        if outgoing.change.vanished:
            continue
        story = tell(
            outgoing,
            compared,
            public_url=public_url,
            publishers=publishers,
            most_words=min(room, MOST_WORDS),
        )
        room -= story.words_shown
        stories.append(story)
    return tuple(stories)


def _subject(changes: Sequence[Compared], summary: Overview | None) -> str:
    if not summary and all(outgoing.change.vanished for outgoing, _ in changes):
        said = vanished_subject([outgoing for outgoing, _ in changes])
    elif len(changes) == 1:
        outgoing, compared = changes[0]
        name = one_line(report_name(outgoing.change), _LONGEST_NAME)
        said = f"{name}: {headline(outgoing.change, compared)}"
    elif summary and summary.new_edition:
        reports = counted(len(changes), "report")
        said = f"A new edition, {summary.new_edition}: {reports} published"
    elif summary:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in summary.kinds)
        editions = ", ".join(edition for edition, _ in summary.editions[:4])
        noun = "edition" if len(summary.editions) == 1 else "editions"
        said = f"{counted(len(changes), 'change')}: {kinds} ({noun} {editions})"
    else:
        names = list(dict.fromkeys(report_name(outgoing.change) for outgoing, _ in changes))
        names = [one_line(name, _LONGEST_NAME // 2) for name in names]
        more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
        said = f"{counted(len(changes), 'change')}: {', '.join(names[:4])}{more}"
    return one_line(said, LONGEST_SUBJECT)


def _has_redline(stories: Sequence[Story], summary: Overview | None) -> bool:
    return any(story.parts for story in stories) or bool(summary and summary.clusters)


def _has_silence(stories: Sequence[Story], summary: Overview | None) -> bool:
    if summary:
        return any(row.is_gone or row.words_removed for row in summary.rows)
    return any(story.has_silence for story in stories)


def _how_to_stop(operator: str, unsubscribe_url: str) -> str:
    if unsubscribe_url:
        return "To stop these messages, follow this link and confirm:"
    if operator:
        return f"To stop these messages, write to {one_line(operator)}."
    return "To stop these messages, ask whoever runs this reportwatch."
