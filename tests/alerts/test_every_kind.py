"""What holds for the mail about every kind of change: its links, its words, and no raw marks."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from desk import Desk
from every_kind import alike, every_kind, left, reworded
from test_message import write

from alerts.feed import entry_of
from alerts.message import ComposedMessage
from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange

KINDS = every_kind(Desk())
RAW_MARKS = ("[-", "-]", "{+", "+}", "[>", ">]", "{>", ">}")
UNSUBSCRIBE = "https://watch.example/unsubscribe?address=ann%40law.example&token=" + "a" * 64
MANAGE = "https://watch.example/manage?address=ann%40law.example&token=" + "b" * 64


def sent(desk: Desk, *changes: OutgoingChange, **facts: object) -> ComposedMessage:
    message = desk.message(*changes, **facts)
    return write(desk, message, unsubscribe_url=UNSUBSCRIBE, manage_url=MANAGE)


def page_of(html: str) -> Tag:
    return BeautifulSoup(html, "lxml").body


def raw_marks(html: str) -> list[str]:
    text = page_of(html).get_text()
    return [mark for mark in RAW_MARKS if mark in text]


def test_every_kind_of_change_is_here() -> None:
    assert {outgoing.change.kind for outgoing in KINDS.values()} == set(ChangeKind)
    assert len(KINDS) >= 26


@pytest.mark.parametrize("name", KINDS)
def test_no_html_shows_marks_that_are_for_plain_text(desk: Desk, name: str) -> None:
    outgoing = KINDS[name]
    entry = entry_of(outgoing, (), public_url="", publishers={})
    assert entry is not None
    assert raw_marks(entry.html) == []
    ways = {
        "alone": sent(desk, outgoing),
        "in a digest": sent(desk, outgoing, reworded(desk), left(desk)),
        "among many": sent(desk, outgoing, *alike(desk, 5), is_mass=True),
    }
    assert {way: raw_marks(mail.html) for way, mail in ways.items()} == {way: [] for way in ways}


def test_marks_of_plain_text_are_looked_for_where_there_are_some(desk: Desk) -> None:
    mail = sent(desk, KINDS["an issue gone, one reworded"])
    assert raw_marks(f"<p>{mail.text}</p>") == ["[-", "-]", "{+", "+}"]


def test_an_issue_in_other_words_is_shown_with_its_words_struck(desk: Desk) -> None:
    page = page_of(sent(desk, KINDS["an issue gone, one reworded"]).html)
    title = next(each for each in page.find_all("h3") if each.get_text() == "Issues reworded")
    quoted = title.find_next("p")
    assert quoted.get_text() == "[deleted: credible and] repeated torture"
    assert "line-through" in quoted.find("del")["style"]


@pytest.mark.parametrize("name", KINDS)
def test_the_first_thing_below_the_headline_is_the_change(desk: Desk, name: str) -> None:
    mail = sent(desk, KINDS[name])
    page = page_of(mail.html)
    button = page.find("a")
    assert button.get_text() == "See the change"
    assert button.find_previous("h1")
    assert page.h1.find_next(["p", "h2", "h3", "a"]) == button
    first, second, *_ = mail.text.splitlines()
    assert first == mail.subject
    assert second == f"See the change: {button['href']}"
    assert re.match(r"https://watch\.example/(reports|topics)[/?]", button["href"])


@pytest.mark.parametrize("is_mass", [True, False])
def test_several_changes_have_one_link_to_all_of_them(desk: Desk, is_mass: bool) -> None:
    mail = sent(desk, *KINDS.values(), is_mass=is_mass)
    button = page_of(mail.html).find("a")
    assert button.get_text() == "See the changes"
    assert button["href"] == (
        "https://watch.example/changes"
        "?source=sample-hrr&edition=2024&since=2026-05-01T09%3A05%3A00Z"
    )
    assert mail.text.splitlines()[1] == f"See the changes: {button['href']}"


@pytest.mark.parametrize("name", KINDS)
def test_without_a_public_address_there_is_no_button(desk: Desk, name: str) -> None:
    mail = write(desk, desk.message(KINDS[name]), public_url="")
    assert "See the change" not in mail.text + mail.html
    assert "watch.example/" not in mail.text + mail.html


@pytest.mark.parametrize("name", KINDS)
def test_links_are_words_and_no_addresses_but_the_evidence(desk: Desk, name: str) -> None:
    page = page_of(sent(desk, KINDS[name]).html)
    links = {a.get_text(): a["href"] for a in page.find_all("a")}
    assert links["Change what you are notified of"] == MANAGE
    assert links["Stop these messages"] == UNSUBSCRIBE
    shown = page.get_text()
    assert "watch.example" not in shown


@pytest.mark.parametrize("name", KINDS)
def test_every_subject_begins_with_the_family_and_is_short(desk: Desk, name: str) -> None:
    subject = sent(desk, KINDS[name]).subject
    assert subject.startswith("Sample: ")
    assert len(subject) <= 180


def test_a_family_with_a_name_without_end_leaves_room_for_what_happened(desk: Desk) -> None:
    names = {"sample-hrr": "Civic conditions of the isles " * 40}
    mail = write(desk, desk.message(KINDS["an issue gone"]), short_names=names)
    assert mail.subject.endswith("…: Zembla 2024: 1 issue gone, −3 words")
    assert len(mail.subject) < 80


def test_a_source_that_is_gone_goes_by_its_own_name(desk: Desk) -> None:
    mail = write(desk, desk.message(KINDS["edited"]), short_names={})
    assert mail.subject.startswith("sample-hrr: Zembla 2024: ")
