"""Write the mail that tells the operator what to see to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.message import ComposedMessage
from alerts.rendering import render
from alerts.story import moment
from alerts.subjects import LONGEST_SUBJECT
from reports.text.plain import counted, one_line, web_url
from reports.watch.alarm import Alarm
from reports.wording.alarms import alarm_label


@dataclass(frozen=True)
class _Shown:
    """One alarm as the mail shows it, every text on one harmless line."""

    title: str
    text: str
    examples: tuple[str, ...]
    remedy: str
    since: str


def compose_alarms(
    alarms: Sequence[Alarm],
    over: Sequence[Alarm] = (),
    *,
    public_url: str,
    short_names: Mapping[str, str],
    now: datetime,
) -> ComposedMessage:
    """Write one mail for some alarms, and for others that are over.

    ``public_url`` is the monitor's address (``""``: no link), ``short_names`` each source as
    people call it.
    """
    shown = [_shown(each, short_names) for each in alarms]
    ended = [_shown(each, short_names) for each in over]
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


def _shown(alarm: Alarm, short_names: Mapping[str, str]) -> _Shown:
    whose = short_names.get(alarm.source, alarm.source)
    return _Shown(
        f"{one_line(whose)}: {alarm_label(alarm.kind)}",
        one_line(alarm.text),
        tuple(one_line(each) for each in alarm.examples),
        one_line(alarm.remedy),
        moment(alarm.raised_at),
    )
