"""What mails and feeds say of an edit beside a list that was not read whole."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.feed import entry_of
from alerts.message import ComposedMessage, compose
from reports.model.reading import ActorList, IssueStatus, UnreadList

CUT = (
    "Zembla is a republic with a strong presidency.",
    "There were reports of torture.",
    "The government took steps to punish officials.",
)
REST = "Other concerns included exile; banishment; and <i>curfews</i>."
PARTIAL = IssueStatus.PARTIAL
LINES = {
    "the newer partial": (
        UnreadList(True, PARTIAL, (REST,)),
        "The issue list of version 2 was not read whole by the program: no issue and no topic is"
        " called new or gone against it.",
        "was not read whole",
    ),
    "the older partial": (
        UnreadList(False, PARTIAL, (REST,)),
        "The issue list of version 1 was not read whole by the program: no issue and no topic is"
        " called new or gone against it.",
        "was not read whole",
    ),
    "the newer unparsed": (
        UnreadList(True, IssueStatus.UNPARSED),
        "The issue list of version 2 could not be read by the program: issues and topics are not"
        " compared, which says nothing about them.",
        "could not be read",
    ),
}


def write(desk: Any, *changes: Any) -> ComposedMessage:
    facts = {"operator": "", "publishers": {}, "short_names": {"sample-hrr": "Sample"}}
    return compose(desk.message(*changes), public_url="", now=desk.now, **facts)


def plain(text: str) -> str:
    return " ".join(text.replace("\n  | ", " ").split())


@pytest.mark.parametrize(("unread", "line", "remark"), LINES.values(), ids=LINES)
def test_a_mail_says_which_list_was_not_read_and_shows_the_sentence(
    desk: Any, unread: UnreadList, line: str, remark: str
) -> None:
    composed = write(desk, desk.edit(CUT, unread_lists=(unread,)))
    assert composed.subject.endswith(f"from the Executive Summary; the issue list {remark}")
    assert line in plain(composed.text)
    assert line in composed.html
    assert len(unread.sentences) == (unread.status is PARTIAL)
    for sentence in unread.sentences:
        number = 2 if unread.is_newer else 1
        title = f"Sentences that read like a list of issues and were not read, version {number}"
        assert f"{title} {sentence}" in plain(composed.text)
        assert "and &lt;i&gt;curfews&lt;/i&gt;." in composed.html
    assert "no longer listed" not in composed.text
    assert "newly listed" not in composed.text


@pytest.mark.parametrize(("unread", "line", "remark"), LINES.values(), ids=LINES)
def test_an_entry_of_a_feed_says_the_same(
    desk: Any, unread: UnreadList, line: str, remark: str
) -> None:
    outgoing = desk.edit(CUT, unread_lists=(unread,))
    made = entry_of(outgoing, (), public_url="", publishers={})
    assert made is not None
    assert remark in made.title
    assert line in made.html
    assert "no longer listed" not in made.html


def test_a_list_about_another_actor_is_told_as_a_list(desk: Any) -> None:
    composed = write(
        desk,
        desk.edit(
            CUT,
            issues_added=("torture",),
            issues_removed=("exile", "torture"),
            lists_removed=(ActorList("by the <i>Dawn</i> Front", ("torture",)),),
            lists_added=(ActorList("", ("torture",)),),
        ),
    )
    assert composed.subject.endswith(
        ": 1 issue gone, the list about “by the <i>Dawn</i> Front” is gone, −3 words;"
        " a new general list"
    )
    text = plain(composed.text)
    assert "Issues no longer listed exile Issue list: the list about “by the" in text
    assert "Front” is gone torture Issue list: a new general list torture" in text
    assert "Issues newly listed" not in text
    assert "<i>Dawn" not in composed.html
