"""What became of watched passages, in a mail's subject, plain text and HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk import SUMMARY, Desk

from alerts.message import ComposedMessage, compose
from alerts.passages import MOST_TOLD
from documents.webhook import WebhookChange
from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange
from reports.notices.watched import PassageEvent, PassageNews, ToldPassages

QUOTE = "credible and repeated reports of torture"
NOW = "credible reports of torture"
LINK = "https://watch.example"

REWORDED = PassageNews(
    1, PassageEvent.REWORDED, QUOTE, 1, "Case 12", QUOTE, 1, NOW, 2, "Executive Summary"
)
GONE = replace(REWORDED, event=PassageEvent.GONE, note="", after="reports of beatings")
BACK = replace(REWORDED, event=PassageEvent.BACK, before=NOW, after=QUOTE, is_cited=True)
STILL = replace(BACK, event=PassageEvent.STILL, before=QUOTE)
REMOVED = replace(GONE, event=PassageEvent.REMOVED, after="", to_version=0)


@pytest.fixture
def edit(desk: Desk) -> OutgoingChange:
    return desk.edit((SUMMARY[0], SUMMARY[1].replace("and repeated ", ""), SUMMARY[2]))


def told(
    desk: Desk, outgoing: OutgoingChange, *news: PassageNews, is_all: bool = True
) -> ComposedMessage:
    message = desk.message(outgoing, passages={outgoing.change.id: ToldPassages(news, is_all)})
    return compose(
        message,
        public_url=LINK,
        operator="",
        publishers={"sample-hrr": "Ministry"},
        short_names={"sample-hrr": "Sample"},
        now=desk.now,
    )


@pytest.mark.parametrize(
    ("news", "subject"),
    [
        ((REWORDED,), "the passage you watch was reworded"),
        ((GONE,), "the passage you watch is gone"),
        ((BACK,), "the passage you watch is back"),
        ((STILL,), "the passage you watch is still there"),
        ((STILL, REWORDED, GONE), "3 passages you watch: 1 gone, 1 reworded, 1 still there"),
    ],
)
def test_the_subject_says_what_became_of_passages(
    desk: Desk, edit: OutgoingChange, news: tuple[PassageNews, ...], subject: str
) -> None:
    assert told(desk, edit, *news).subject == f"Sample: Zembla 2024: {subject}"


def test_who_asked_for_more_is_told_both(desk: Desk, edit: OutgoingChange) -> None:
    mail = told(desk, edit, REWORDED, is_all=False)
    assert "the passage you watch was reworded; 2 words removed" in mail.subject
    assert "There were credible [-and repeated-] reports of torture." in mail.text
    quiet = told(desk, edit, STILL, is_all=False)
    assert "passage" not in quiet.subject
    assert "The passage you watch is still there" in quiet.text


def test_a_reworded_passage_shows_both_texts_marked(desk: Desk, edit: OutgoingChange) -> None:
    mail = told(desk, edit, REWORDED)
    assert "  | credible [-and repeated-] reports of torture" in mail.text
    assert "Your note: Case 12" in mail.text
    assert "In version 2, in the Executive Summary; before, in version 1." in mail.text
    assert "The whole comparison" in mail.text
    assert "There were credible" not in mail.text
    assert '<del class="gone"' in mail.html
    assert "struck words" in mail.html


def test_one_that_is_gone_shows_the_nearest_that_is_left(desk: Desk, edit: OutgoingChange) -> None:
    mail = told(desk, edit, GONE)
    assert "In version 1, and no longer in version 2." in mail.text
    assert (
        "Nearest to it that is left, in the Executive Summary:\n\n  | reports of beatings"
        in mail.text
    )
    nothing = told(desk, edit, replace(GONE, after="", part=""))
    assert "Nothing like it is left." in nothing.text


def test_what_was_cited_is_said_if_it_was_reworded_before(desk: Desk, edit: OutgoingChange) -> None:
    again = replace(REWORDED, before=NOW, after="reports of torture", from_version=2, to_version=3)
    assert f"You cited, from version 1: “{QUOTE}”" in told(desk, edit, again).text


def test_a_removal_names_the_passage_with_it(desk: Desk) -> None:
    removed = desk.change(ChangeKind.REMOVED, before=desk.version(1))
    mail = told(desk, removed, REMOVED)
    assert mail.subject.endswith("; the passage you watch is gone with its report")
    assert "It stood in version 1, the last one." in mail.text


def test_in_a_message_of_very_many_changes_passages_come_first(
    desk: Desk, edit: OutgoingChange
) -> None:
    others = [
        desk.change(
            ChangeKind.REMOVED, desk.version(1, country=f"X{n:02}", title=f"Land {n}"), id=n
        )
        for n in range(2, 30)
    ]
    message = desk.message(
        edit, *others, is_mass=True, passages={1: ToldPassages((REWORDED,), True)}
    )
    mail = compose(
        message, public_url=LINK, operator="", publishers={}, short_names={}, now=desk.now
    )
    assert "1 watched passage reworded" in mail.subject
    assert mail.text.index("The passage you watch was reworded") < mail.text.index("Land 2")
    assert "The passage you watch was reworded" in mail.html


def test_texts_of_passages_are_harmless(desk: Desk, edit: OutgoingChange) -> None:
    hostile = "<b>bold</b> \u202e words"
    mail = told(
        desk, edit, replace(GONE, before=hostile, quote=hostile, note=hostile, after=hostile)
    )
    assert "<b>bold" not in mail.html
    assert "\u202e" not in mail.html + mail.text


def test_very_many_passages_are_counted(desk: Desk, edit: OutgoingChange) -> None:
    mail = told(desk, edit, *[REWORDED] * (MOST_TOLD + 2))
    assert mail.text.count("The passage you watch was reworded") == MOST_TOLD
    assert "2 more passages you watch, not told here" in mail.text


def test_a_webhook_is_told_the_same(edit: OutgoingChange) -> None:
    document = WebhookChange.of(edit, ToldPassages((REWORDED, GONE), True), LINK, {}).as_json()
    reworded, gone = document["passages"]
    assert (reworded["event"], reworded["before"], reworded["after"]) == ("reworded", QUOTE, NOW)
    assert (gone["event"], gone["after"], gone["nearest"]) == ("gone", "", "reports of beatings")
