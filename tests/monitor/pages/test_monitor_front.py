"""The front page: the last change in its words, the story of an edition, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from monitor_stage import Clock, Open, record
from sqlalchemy import Engine, event

from reports.model.identity import ReportId
from reports.model.reading import IssueList, IssueStatus, Reading
from reports.watch.alarm import AlarmKind, Finding
from storage.texts.versions import StoredVersions

OPERATOR = ("anybody", "hunter2-hunter2")
OPEN = {"open_reading": True, "admin_password": OPERATOR[1]}
LONG = "Thirteen of the pages read well, and " + "antidisestablishmentarianism " * 40
GANDORIA = ReportId("sample-hrr", "2023", "XAG")


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Give the statements sent while the block lasts."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def card(text: str) -> str:
    found = re.search(r'<section aria-labelledby="latest" class="card">.*?</section>', text, re.S)
    assert found
    return found[0]


def test_the_last_change_of_words_stands_there_in_its_words(client: httpx.Client) -> None:
    shown = card(client.get("/").text)
    assert "Belvaria 2024: +7 −8 words in Section 2. Liberty" in shown
    assert "<del>" in shown and "<ins>" in shown
    assert 'href="/reports/sample-hrr/2024/XAB/diff/1..2"' in shown
    assert "Sample" in shown and "sample-hrr<" not in shown
    assert re.search(r'<time datetime="2026-03-\d\dT', shown)


def test_a_held_change_is_not_shown_as_the_last_one(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.write() as unit:
        unit._connection.exec_driver_sql(
            "UPDATE change SET is_held = 1 WHERE id = (SELECT max(id) FROM change"
            " WHERE kind = 'edited')"
        )
        unit.commit()
    assert "Gandoria 2023: text returned" in card(client.get("/").text)


def test_a_removed_report_that_came_back_is_not_shown_as_gone(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.write() as unit:
        unit._connection.exec_driver_sql("UPDATE change SET is_baseline = 1 WHERE kind = 'edited'")
        unit.commit()
    text = client.get("/").text
    assert 'class="card"' not in text
    assert "Côte d’Ambre 2023: restored, the same text" in text


def test_a_removed_report_is_shown_by_the_words_it_began_with(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.write() as unit:
        unit._connection.exec_driver_sql(
            "UPDATE change SET detected_at = '2026-12-24 09:00:00.000000' WHERE kind = 'removed'"
        )
        unit._connection.exec_driver_sql(
            "UPDATE change SET is_baseline = 1 WHERE kind = 'restored'"
        )
        unit.commit()
    shown = card(client.get("/").text)
    assert "removed from the publisher" in shown
    assert "So its Executive Summary began." in shown
    assert "<del>" in shown and "<ins>" not in shown


def test_the_story_of_the_newest_edition_leads_to_its_topics(client: httpx.Client) -> None:
    text = client.get("/").text
    assert "3 topics left the issue lists of 2024" in text
    assert "The median report shrank from" in text
    led = re.findall(r'<li><a href="/topics/([a-z_]+)\?source=sample-hrr&amp;edition=2024"', text)
    assert len(led) == 3
    for topic in led:
        page = client.get(f"/topics/{topic}", params={"source": "sample-hrr", "edition": "2024"})
        assert page.status_code == 200


def test_what_the_front_page_keeps_is_made_anew_after_a_change(open_monitor: Open) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock)
    first = Reading("Executive Summary", ("It tortured.",), issues=IssueList(IssueStatus.UNPARSED))
    record(parts, GANDORIA, first)
    assert 'class="card"' not in client.get("/").text
    for words in ("It hurt.", "It harmed."):
        clock.now += timedelta(hours=1)
        record(parts, GANDORIA, replace(first, blocks=(words,)))
        assert words.split()[1] in card(client.get("/").text)


def alarming(open_monitor: Open, **settings: object) -> httpx.Client:
    client, parts = open_monitor(is_filled=True, **settings)
    with parts.store.write() as unit:
        finding = Finding(AlarmKind.UNSEEN_PAGES, "2023", LONG, remedy="Run `reportwatch doctor`.")
        unit.alarms.see("sample-hrr", finding, None, parts.now())
        unit.commit()
    return client


def test_an_operator_reads_alarms_as_sentences_with_the_way_to_mend_them(
    open_monitor: Open,
) -> None:
    text = alarming(open_monitor, **OPEN).get("/", auth=OPERATOR).text
    assert "Many pages could not be seen" in text
    assert "<code>reportwatch doctor</code>" in text
    assert "unseen pages" not in text and "unseen_pages" not in text
    cut = re.search(r"Thirteen of the pages read well, and ([^<]*?)…", text)
    assert cut
    assert set(cut[1].split()) == {"antidisestablishmentarianism"}


def test_a_reader_is_not_alarmed(open_monitor: Open) -> None:
    client = alarming(open_monitor, **OPEN)
    text = client.get("/").text
    assert "Which words came" in text
    for told in ("to see to", "could not be seen", "alerts to be sent", "Runs of the last days"):
        assert told not in text
        assert told in client.get("/", auth=OPERATOR).text
    assert 'href="/alarms"' not in text and 'href="/runs"' not in text


@pytest.mark.parametrize(
    ("auth", "said", "not_said"),
    [
        (None, 'href="/subscribe"', "/runs/new"),
        (OPERATOR, '<a class="button" href="/runs/new">', "ask to be notified"),
    ],
    ids=["a reader", "an operator"],
)
def test_an_empty_home_says_what_would_be_there_and_how_to_get_it(
    open_monitor: Open, auth: tuple[str, str] | None, said: str, not_said: str
) -> None:
    client, _ = open_monitor(**OPEN)
    text = client.get("/", auth=auth).text if auth else client.get("/").text
    main = text[text.index("<main") :]
    assert "Nothing is held yet" in main
    assert "struck and added words" in main
    assert said in main
    assert not_said not in main


def test_a_suspected_report_does_not_become_the_last_change(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.write() as unit:
        versions = StoredVersions(unit._connection)
        held = versions.report(GANDORIA)
        assert held
        versions.set_state(held.id, "suspected")
        unit.commit()
    assert "Belvaria 2024" in card(client.get("/").text)


@pytest.mark.parametrize(("path", "most"), [("/", 37), (f"/reports/{GANDORIA}", 21)])
def test_a_page_asks_the_database_few_questions(client: httpx.Client, path: str, most: int) -> None:
    client.get(path)
    with counted_statements() as sent:
        assert client.get(path).status_code == 200
    assert 5 < len(sent) <= most
