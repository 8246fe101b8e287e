"""An entry of a feed: the same news as the mail, harmless to show and fit for XML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from alerts.feed import LONGEST_SUMMARY, LONGEST_TITLE, Category, Entry, entry_of
from alerts.story import ABSENCE
from reports.model.values import ChangeKind
from reports.notices.messages import OutgoingChange
from reports.topics.trends import VanishedTopic

PUBLIC = "https://watch.example"
EDITED = (
    "Zembla is a republic with a strong presidency.",
    "There were reports of torture.",
    "The government took steps to punish officials.",
)
HOSTILE = "<script>alert(1)</script>\x00\x1b\x0b\ufffe\uffff\u202e{{7*7}}&amp;]]>"


def entry(outgoing: OutgoingChange, *topics: str, public_url: str = PUBLIC) -> Entry:
    made = entry_of(
        outgoing,
        topics,
        public_url=public_url,
        publishers={"sample-hrr": "Office of Civic Conditions"},
    )
    assert made is not None
    return made


def test_an_edit_is_told_with_its_redline(desk: Any) -> None:
    made = entry(desk.edit(EDITED), "torture_cidt")
    assert made.title == "Zembla 2024: 3 words removed from the Executive Summary"
    assert made.link == f"{PUBLIC}/reports/sample-hrr/2024/XZA/diff/1..2"
    assert (made.author, made.told_at) == ("Office of Civic Conditions", desk.now)
    assert made.categories[0] == Category("edited", "edited")
    assert [each.term for each in made.categories] == ["edited", "torture_cidt"]
    assert "[-credible and repeated-]" in made.summary
    assert "<del " in made.html
    assert "[deleted: " in made.html  # for readers that take the styles away
    assert "struck words" in made.html
    assert ABSENCE in made.html
    assert "<style" not in made.html
    assert "<html" not in made.html


def test_the_title_is_the_line_that_was_recorded(desk: Any) -> None:
    made = entry(desk.edit(EDITED, summary_line="Zembla 2024: what was said then"))
    assert made.title == "Zembla 2024: what was said then"


def test_a_change_that_shows_no_difference_has_no_entry(desk: Any) -> None:
    same = desk.version(1).reading.blocks
    assert entry_of(desk.edit(same), (), public_url=PUBLIC, publishers={}) is None


@pytest.mark.parametrize(
    ("kind", "side", "said"),
    [
        (ChangeKind.PUBLISHED, "after", "Executive Summary: Zembla is a republic"),
        (ChangeKind.REMOVED, "before", "Executive Summary as last seen: Zembla is a republic"),
    ],
)
def test_what_came_or_went_whole_is_quoted(
    desk: Any, kind: ChangeKind, side: str, said: str
) -> None:
    made = entry(desk.change(kind, **{side: desk.version(1)}))
    assert said in made.summary
    assert "strong presidency" in made.html
    assert (ABSENCE in made.html) == (kind is ChangeKind.REMOVED)
    assert "struck words" not in made.html


def test_a_topic_that_vanished_is_told_with_its_figures(desk: Any) -> None:
    gone = VanishedTopic("privacy", "Privacy", "2023", 38, 50, 0, 49, 44, 32, 0, ("Zembla",))
    line = "“Privacy” left the issue lists"
    made = entry(
        desk.change(ChangeKind.TOPIC_VANISHED, summary_line=line, vanished=gone), "privacy"
    )
    assert (made.title, made.summary) == (line, line)
    assert "38 (76 %)" in made.html
    assert ABSENCE in made.html


def test_a_source_that_is_gone_stands_for_its_publisher(desk: Any) -> None:
    made = entry_of(desk.edit(EDITED), (), public_url=PUBLIC, publishers={})
    assert made is not None
    assert made.author == "sample-hrr"


def test_nothing_scraped_is_obeyed_or_breaks_the_xml(desk: Any) -> None:
    before = desk.version(1, f"Zembla said {HOSTILE}.", title=HOSTILE)
    after = desk.version(2, f"Zembla said {HOSTILE} twice.", title=HOSTILE)
    made = entry(
        desk.change(before=before, after=after, summary_line=HOSTILE, notes_added=(HOSTILE,)),
        HOSTILE,
    )
    assert "<script" not in made.html
    assert "⟨U+202E⟩" in made.html
    texts = [made.title, made.summary, made.html, made.link, made.author]
    texts += [text for each in made.categories for text in (each.term, each.label)]
    for text in texts:
        element = etree.Element("text")
        element.text = text  # raises where XML cannot carry it
        assert etree.fromstring(etree.tostring(element)).text == text
        assert "\u202e" not in text


def test_long_texts_are_cut(desk: Any) -> None:
    long = desk.version(2, *(f"Paragraph {number} {'word ' * 200}" for number in range(50)))
    made = entry(desk.change(before=desk.version(1), after=long, summary_line="word " * 1000))
    assert len(made.title) <= LONGEST_TITLE
    assert len(made.summary) <= LONGEST_SUMMARY
    assert "more changed paragraphs not shown in this message" in made.html
    assert f'<a href="{made.link}">The whole comparison</a>' in made.html
    assert len(made.html) < 40_000


def test_an_entry_leaves_the_colour_of_its_text_to_the_reader(desk: Any) -> None:
    """A page may be dark; only marks bring a colour, together with their background."""
    made = entry(desk.edit(EDITED))
    styles = re.findall(r'style="([^"]*)"', made.html)
    assert styles
    coloured = [each for each in styles if re.search(r"(?<!-)color:", each)]
    assert coloured
    assert all("background-color:" in each for each in coloured)
