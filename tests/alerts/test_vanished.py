"""The mail about topics that left an edition: one table, who had named them, and the notice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.message import ComposedMessage, compose
from alerts.story import ABSENCE
from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange
from reports.topics.trends import VanishedTopic
from reports.wording.changes import vanished_line

PUBLIC = "https://watch.example"


def left(
    desk: Any,
    topic: str = "corruption",
    name: str = "Corruption",
    before: int = 38,
    edition: str = "2024",
    named_by: tuple[str, ...] = ("Zembla", "Gandoria"),
) -> OutgoingChange:
    earlier = str(int(edition) - 1)
    gone = VanishedTopic(topic, name, earlier, before, 50, 0, 49, 44, before - 6, 0, named_by)
    return desk.change(
        ChangeKind.TOPIC_VANISHED,
        report=ReportId("sample-hrr", edition, ""),
        title=f"{edition} Country Reports on Civic Conditions",
        to_version=None,
        summary_line=vanished_line(gone, edition),
        vanished=gone,
    )


def partly(outgoing: OutgoingChange, lists_before: int) -> OutgoingChange:
    gone = replace(outgoing.change.vanished, lists_before=lists_before, partial_before=2)
    return replace(outgoing, change=replace(outgoing.change, vanished=gone))


def composed(desk: Any, *changes: OutgoingChange, public_url: str = PUBLIC) -> ComposedMessage:
    return compose(
        desk.message(*changes),
        public_url=public_url,
        operator="",
        publishers={"sample-hrr": "Office of Civic Conditions"},
        short_names={"sample-hrr": "Sample"},
        now=datetime(2026, 5, 1, 9, 6, tzinfo=UTC),
    )


def test_the_subject_says_how_many_topics_left_which_edition(desk: Any) -> None:
    three = [left(desk, topic, topic.title()) for topic in ("corruption", "privacy", "religion")]
    assert composed(desk, *three).subject == "Sample: 2024 reports: 3 topics left the issue lists"
    one = composed(desk, three[0]).subject
    assert one == "Sample: 2024 reports: “Corruption” left the issue lists"
    both = composed(desk, three[0], left(desk, edition="2023")).subject
    assert both == "Sample: 2023 and 2024 reports: 2 topics left the issue lists"


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_mail_has_figures_who_named_them_and_the_notice(desk: Any, form: str) -> None:
    mail = composed(desk, left(desk, "privacy", "Privacy", 20), left(desk))
    text = " ".join(getattr(mail, form).split())
    for said in (
        "2024 Country Reports on Civic Conditions",
        "38 (76 %)",
        "32 → 0",
        "Zembla, Gandoria",
        "Office of Civic Conditions",
        "1 May 2026, 09:05 UTC",
        "reports published later may change them",
        f"{PUBLIC}/topics/corruption?source=sample-hrr&",
    ):
        assert said in text
    assert text.count(ABSENCE) == 1
    assert text.index("Corruption") < text.index("Privacy")


def test_without_a_public_address_there_are_no_links(desk: Any) -> None:
    mail = composed(desk, left(desk), public_url="")
    assert "http" not in mail.text
    assert "href" not in mail.html


def test_a_digest_tells_topics_beside_other_changes(desk: Any) -> None:
    edit = desk.edit(("Zembla is a republic.",))
    mail = composed(desk, left(desk), edit)
    assert mail.subject == (
        "Sample: 2 changes, 1 topic left the lists: 2024 issue lists, Zembla 2024"
    )
    assert "38 (76 %) of 50 lists" in mail.text
    assert "Zembla 2024: " in mail.text
    assert "[-" in mail.text


def test_editions_have_tables_of_their_own(desk: Any) -> None:
    mail = composed(desk, left(desk), left(desk, edition="2023"))
    assert mail.html.count("<thead>") == 2


def test_hostile_names_are_shown_and_not_obeyed(desk: Any) -> None:
    name = "<script>alert(1)</script>\u202e"
    mail = composed(desk, left(desk, "</a>", name, named_by=(name,)))
    assert "<script" not in mail.html
    assert "\u202e" not in mail.html + mail.text + mail.subject
    assert "topics/%3C%2Fa%3E?" in mail.text


def test_topics_that_partial_lists_name_or_not_stand_in_one_table(desk: Any) -> None:
    told = composed(
        desk,
        partly(left(desk), 52),
        partly(left(desk, "privacy", "Privacy", 20), 50),
    )
    assert told.text.count("Named by 10 % of the issue lists or more in 2023") == 1
    assert "2 lists of 2023 were not read whole. A list that was not read whole counts for" in (
        " ".join(told.text.split())
    )
    assert "2023: 38 (73 %) of 52 lists" in told.text
    assert "2023: 20 (40 %) of 50 lists" in told.text
    assert "<td>38 (73 %) of 52 lists</td>" in re.sub(r"<td[^>]*>", "<td>", told.html)
    assert ">2024, of 49 lists<" in told.html
