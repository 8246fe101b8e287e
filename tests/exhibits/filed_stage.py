"""Readings and versions to lay over each other, of random and of hostile words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import strategies as st

from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.reading import Reading, Section
from reports.model.values import VersionView
from reports.text.plain import fully_visible

WHEN = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 8, 9, tzinfo=UTC)
LONG = "One paragraph of more than eight words, which is long enough to move."

_WORD = st.sampled_from(["the", "of", "credible", "reports", "torture;", "arrest.", "<w:t>&amp;"])
_PROSE = st.lists(_WORD, max_size=10).map(" ".join) | st.sampled_from([LONG, f"{LONG} And more."])
_HOSTILE = st.text(st.sampled_from("a <&\"'\x00\x07\x1b\u202e\u2066\u200b\ufffe\uffff 語"))


def canonical(blocks: Sequence[str]) -> tuple[str, ...]:
    """Return blocks as a reader leaves them: single spaces, and none without words."""
    single = (" ".join(word for word in block.split(" ") if word) for block in blocks)
    return tuple(block for block in single if block)


BLOCKS = st.lists(_PROSE | _HOSTILE | st.text(max_size=20), max_size=5).map(canonical)
SECTIONS = st.lists(
    st.builds(
        Section,
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "Life", "Liberty", "Worker Rights"]),
        BLOCKS,
    ),
    max_size=4,
).map(tuple)
READINGS = st.builds(Reading, st.just("Executive Summary"), BLOCKS, sections=SECTIONS)


def reading(*summary: str, **sections: Sequence[str]) -> Reading:
    """Return a reading with a summary and sections by their headings."""
    held = tuple(Section("", heading, tuple(blocks)) for heading, blocks in sections.items())
    return Reading("Executive Summary", summary, sections=held)


def version(of: Reading, number: int = 1, edition: str = "2023") -> VersionView:
    """Return a version of a report of the sample site."""
    url = f"https://sample.reportwatch.example/reports/{edition}/gandoria/"
    when = WHEN if number == 1 else LATER
    name = ReportId("sample-hrr", edition, "XAG")
    title = f"{edition} Sample Report: Gandoria"
    return VersionView(name, number, title, of, url, when, when, f"{number}" * 64, 1)


def shown(blocks: Sequence[str]) -> tuple[str, ...]:
    """Return blocks as they are shown: without empty ones, every unseen character named."""
    return tuple(fully_visible(block) for block in blocks if block)


Texts = list[tuple[str, ...]]


def parts_that_differ(before: Reading, after: Reading) -> tuple[Texts, Texts]:
    """Return the earlier and the later text of each part whose words differ, as shown."""
    compared = compare_readings(before, after)
    old, new = iter(before.sections), iter(after.sections)
    olds, news = [], []
    if not compared.summary.is_same:
        olds.append(shown(before.blocks))
        news.append(shown(after.blocks))
    for section in compared.sections:
        one = next(old) if section.heading_before is not None else None
        other = next(new) if section.heading_after is not None else None
        if section.state != "same":
            olds.append(shown((one.heading, *one.blocks)) if one else ())
            news.append(shown((other.heading, *other.blocks)) if other else ())
    return olds, news
