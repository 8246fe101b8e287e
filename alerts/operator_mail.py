"""Write the mail that tells the operator what to see to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.message import ComposedMessage
from alerts.rendering import render
from alerts.story import moment
from alerts.subjects import LONGEST_SUBJECT
from reports.text.plain import one_line, web_url
from reports.watch.alarm import Alarm
from reports.wording.changes import counted

_TITLES = {
    "held_back": "pages held back",
    "drift_summary": "summaries missing",
    "drift_issues": "issue lists unread",
    "drift_length": "lengths changed",
    "drift_outline": "sections gone",
    "drift_shape": "new markup",
    "freshness": "not read in time",
    "listing_floor": "a listing not read whole",
    "run_blocked": "the last run came to nothing",
    "scheduler": "the scheduler has stopped",
    "dead_letters": "messages given up",
    "set_aside": "addresses set aside",
    "empty_message": "messages without a difference",
    "overdue": "messages nobody sends",
    "canary": "a canary did not arrive",
    "backup": "no backup could be made",
}


@dataclass(frozen=True)
class _Shown:
    """One alarm as the mail shows it, every text on one harmless line."""

    title: str
    text: str
    examples: tuple[str, ...]
    remedy: str
    since: str


def compose_alarms(
    alarms: Sequence[Alarm], over: Sequence[Alarm] = (), *, public_url: str, now: datetime
) -> ComposedMessage:
    """Write one mail for some alarms, and for others that are over.

    ``public_url`` is the monitor's address (``""``: no link).
    """
    shown = [_shown(each) for each in alarms]
    ended = [_shown(each) for each in over]
    titles = ", ".join(dict.fromkeys(each.title for each in shown))
    subject = one_line(f"To see to: {counted(len(shown), 'alarm')}: {titles}", LONGEST_SUBJECT)
    if len(shown) == 1:
        subject = one_line(f"To see to: {shown[0].title}", LONGEST_SUBJECT)
    if not shown:
        subject = one_line(f"Over: {', '.join(each.title for each in ended)}", LONGEST_SUBJECT)
    told = {
        "subject": subject,
        "over": ended,
        "alarms": shown,
        "link": f"{public_url.rstrip('/')}/alarms" if web_url(public_url) else "",
        "link_words": "See the alarms",
        "written_at": moment(now),
    }
    return ComposedMessage(
        subject=subject,
        text=render("alarms.txt", told),
        html=render("alarms.html", told),
    )


def message_id_of(alarms: Sequence[Alarm], domain: str, now: datetime) -> str:
    """Return the Message-ID of the mail that tells of some alarms: the same at every attempt.

    Alarms told of before are told again on another day, under another name.
    """
    named = ",".join(f"{each.id}:{each.raised_at.isoformat()}" for each in alarms)
    if any(each.told_at for each in alarms):
        named += f",{now:%Y-%m-%d}"
    return f"alarms.{hashlib.sha256(named.encode()).hexdigest()[:24]}@{domain}"


def _shown(alarm: Alarm) -> _Shown:
    title = _TITLES.get(alarm.kind, alarm.kind.replace("_", " "))
    return _Shown(
        f"{one_line(alarm.source)}: {title}",
        one_line(alarm.text),
        tuple(one_line(each) for each in alarm.examples),
        one_line(alarm.remedy),
        moment(alarm.raised_at),
    )
