"""A mail names the captures that bear its change out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from desk import NOW, SUMMARY, Desk

from alerts.message import ComposedMessage, compose
from reports.model.values import ArchiveEvidence
from reports.notices.messages import OutgoingChange


def composed(desk: Desk, outgoing: OutgoingChange) -> ComposedMessage:
    facts = {"public_url": "", "operator": "", "publishers": {}, "short_names": {}, "now": NOW}
    return compose(desk.message(outgoing), **facts)


def witness(day: int, url: str) -> ArchiveEvidence:
    return ArchiveEvidence(datetime(2025, 8, day, 10, tzinfo=UTC), url)


def edit(desk: Desk, *witnesses: ArchiveEvidence) -> OutgoingChange:
    return desk.edit((*SUMMARY[:2], "It did not."), witnesses=witnesses)


BEFORE = witness(12, "https://web.archive.org/web/20250812100000/https://sample.example/zembla/")
AFTER = witness(14, "https://web.archive.org/web/20250814100000/https://sample.example/zembla/")


def test_the_evidence_is_one_line_and_a_link_for_each_capture(desk: Desk) -> None:
    mail = composed(desk, edit(desk, BEFORE, AFTER))
    said = "corroborated by captures of the Internet Archive of 2025-08-12 and 2025-08-14"
    for text in (mail.text, mail.html):
        assert said in text
        assert BEFORE.url in text
        assert AFTER.url in text
    assert f'href="{AFTER.url}"' in mail.html


def test_captures_of_one_day_name_it_once(desk: Desk) -> None:
    mail = composed(desk, edit(desk, BEFORE, replace(AFTER, captured_at=BEFORE.captured_at)))
    assert "of the Internet Archive of 2025-08-12\n" in mail.text


def test_without_captures_nothing_is_said_of_them(desk: Desk) -> None:
    assert "Archive" not in composed(desk, edit(desk)).text


def test_an_address_that_is_none_is_no_link(desk: Desk) -> None:
    evil = witness(14, 'https://web.archive.org/web/1/https://a.example/\n"><script>')
    mail = composed(desk, edit(desk, BEFORE, evil))
    assert "<script>" not in mail.html
