"""Compose the mail for one claimed message: subject, plain text and HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.alike import Compared, alike, in_groups
from alerts.links import list_link, permalink
from alerts.mass import Overview, overview
from alerts.passages import PassageStory, tell_passages
from alerts.redline import LEGEND, MOST_WORDS
from alerts.rendering import render
from alerts.story import (
    ABSENCE,
    Story,
    moment,
    shows_something,
    tell,
)
from alerts.subjects import (
    LONGEST_SUBJECT,
    family_of,
    title_of_many,
    title_of_one,
    title_of_several,
)
from alerts.vanished import VanishedTable, vanished_tables
from reports.notices.importance import Loss, gravest_first, loss
from reports.notices.messages import OutgoingMessage
from reports.text.plain import one_line, web_url
from reports.wording.changes import report_name

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
    short_names: Mapping[str, str],
    now: datetime,
    unsubscribe_url: str = "",
    manage_url: str = "",
) -> ComposedMessage:
    """Write the mail for ``message``.

    ``public_url`` is the monitor's address (``""``: no links), ``operator`` whom to write to,
    ``publishers`` names each source's publisher as it is cited, ``short_names`` each source as
    readers call it. Changes without any visible difference are left out; raises EmptyMessage if
    none remains.
    """
    changes = [(outgoing, outgoing.compared) for outgoing in message.changes]
    changes = [pair for pair in changes if shows_something(*pair)]
    if not changes:
        raise EmptyMessage(f"message {message.message_id} would show no difference")
    groups = alike(changes)
    told = [outgoing.change for outgoing, _ in changes]
    grouped = in_groups(groups)
    changes.sort(key=lambda pair: _order(pair, grouped))
    family = family_of(told, short_names)
    passages = [message.told_of(each) for each in told]
    summary = None
    if len(changes) == 1:
        title = title_of_one(changes[0], passages[0])
    elif message.is_mass:
        summary = overview(changes, groups, public_url)
        title = title_of_many(changes, groups, passages)
    else:
        title = title_of_several(changes, family, passages)
    news = () if summary else _news(message, changes, public_url, publishers)
    watched = _watched(message, changes, public_url) if summary else ()
    subject = one_line(f"{family}: {title}" if family else _capital(title), LONGEST_SUBJECT)
    is_one = len(changes) == 1
    shown = {
        "subject": subject,
        "above": " · ".join(filter(None, [family, _day(max(each.detected_at for each in told))])),
        "title": one_line(_capital(title), LONGEST_SUBJECT),
        "link": permalink(changes[0][0], public_url) if is_one else list_link(told, public_url),
        "link_words": "See the change" if is_one else "See the changes",
        "news": news,
        "overview": summary,
        "watched_reports": watched,
        "legend": LEGEND if _has_redline(news, summary) or watched else "",
        "absence": ABSENCE if _has_silence(news, summary) else "",
        "unsubscribe_url": web_url(unsubscribe_url),
        "manage_url": web_url(manage_url),
        "how_to_stop": _how_to_stop(operator),
        "written_at": moment(now),
    }
    return ComposedMessage(
        subject=subject,
        text=render("message.txt", shown),
        html=render("message.html", shown),
    )


def _order(pair: Compared, grouped: Collection[int]) -> tuple[int, ...]:
    """Return what changes are sorted by: of like weight, those that are like others come last."""
    change = pair[0].change
    return (loss(change), id(change) in grouped, *gravest_first(change))


def _day(when: datetime) -> str:
    utc = when.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}"


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


@dataclass(frozen=True)
class WatchedReport:
    """A report of a message that lists very many, with the passages of it that are watched."""

    name: str
    link: str
    passages: tuple[PassageStory, ...]


def _watched(
    message: OutgoingMessage, changes: Sequence[Compared], public_url: str
) -> tuple[WatchedReport, ...]:
    """Tell the watched passages of changes that are one row each."""
    return tuple(
        WatchedReport(
            report_name(outgoing.change),
            permalink(outgoing, public_url),
            tell_passages(message.told_of(outgoing.change)),
        )
        for outgoing, _ in changes
        if message.told_of(outgoing.change).news
    )


def _news(
    message: OutgoingMessage,
    changes: Sequence[Compared],
    public_url: str,
    publishers: Mapping[str, str],
) -> tuple[Story | VanishedTable, ...]:
    """Tell each change of a report; topics that left whole editions have tables of their own."""
    gone: list[Story] = []
    others: list[Story] = []
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
            told=message.told_of(outgoing.change),
        )
        room -= story.words_shown
        (gone if loss(outgoing.change) is Loss.REPORT else others).append(story)
    tables = vanished_tables([outgoing for outgoing, _ in changes], public_url, publishers)
    return (*gone, *tables, *others)


def _has_redline(news: Sequence[Story | VanishedTable], summary: Overview | None) -> bool:
    if summary:
        return summary.has_redline
    return any(isinstance(each, Story) and each.has_redline for each in news)


def _has_silence(news: Sequence[Story | VanishedTable], summary: Overview | None) -> bool:
    if summary:
        return summary.has_silence
    return any(isinstance(each, VanishedTable) or each.has_silence for each in news)


def _how_to_stop(operator: str) -> str:
    if operator:
        return f"To stop these messages, write to {one_line(operator)}."
    return "To stop these messages, ask whoever runs this reportwatch."
