"""Make a database as many years of watching would leave it: for measuring pages and searches.

Every report is recorded by the product's own recorder, in runs: first an edition's reports, then an
edit of each. Texts are made of a few hundred words as common and as rare as in prose.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reports.model.countries import Place
from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading, Section
from reports.model.values import Evidence, Identified, Page
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.text.fingerprint import payload_sha256
from reports.topics.classify import taxonomy
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts, open_parts
from services.runs.search_index import index_what_is_new
from services.settings import load_settings
from services.transparency.checkpoints import make_checkpoint
from storage.record.attempts import Recording
from storage.watch.locations import Sighting

SOURCE = "us-state-hrr"
REPORTS = 10_000
SECTIONS = 5
READERS = 25
START = datetime(2024, 1, 1, 6, tzinfo=UTC)
BATCH = 100

_SYLLABLES = (
    "ba con der fa gil hor in jus ka len mor nat or pol qui ra sen tor ur vel".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Draft:
    """What one report says, and what its second version says in place of a word."""

    name: ReportId
    title: str
    blocks: tuple[str, ...]
    sections: tuple[Section, ...]
    issues: tuple[Issue, ...]


def make(home: Path, reports: int = REPORTS) -> None:
    """Fill a new database in a folder with so many reports of two versions each."""
    clock = _Clock()
    with open_parts(load_settings(home=home), now=clock) as parts:
        _subscribe(parts)
        source = source_named(SOURCE)
        drafts = list(_drafts(source, reports))
        editions = sorted({each.name.edition for each in drafts})
        for is_second in (False, True):
            for edition in editions:
                chosen = [each for each in drafts if each.name.edition == edition]
                _run(parts, source, chosen, is_second=is_second)
                clock.now += timedelta(hours=6)
        index_what_is_new(parts)
        make_checkpoint(parts)


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def _subscribe(parts: Parts) -> None:
    with parts.store.write() as unit:
        for number in range(READERS):
            unit.subscriptions.add(
                f"reader{number}@example.org",
                Channel.EMAIL,
                SubscriptionFilter(() if number == 0 else ("KAZ", "CHN", "FRA")[number % 3 :]),
                parts.now(),
            )
        unit.commit()


def _drafts(source: Source, reports: int) -> Iterator[Draft]:
    words = _vocabulary()
    topics = [each.id for each in taxonomy().topics]
    places = sorted(source.countries, key=lambda each: each.key)
    chance = random.Random(7)
    for number in range(reports):
        place, year = places[number % len(places)], 2026 - number // len(places)
        yield _draft(source, place, str(year), chance, words, topics)


def _draft(
    source: Source,
    place: Place,
    edition: str,
    chance: random.Random,
    words: Sequence[str],
    topics: Sequence[str],
) -> Draft:
    name = ReportId(source.name, edition, place.country, place.part)

    def prose(count: int) -> str:
        # Squared, so that the first words of the vocabulary are far commoner than the last.
        chosen = (words[int(len(words) * chance.random() ** 2)] for _ in range(count))
        return f"{' '.join(chosen).capitalize()}."

    sections = tuple(
        Section(str(n), f"Section {n}. {prose(3)}", tuple(prose(45) for _ in range(4)))
        for n in range(1, SECTIONS + 1)
    )
    listed = tuple(Issue(prose(4)[:-1], (topic,)) for topic in chance.sample(topics, 6))
    blocks = (prose(60), f"Issues included {'; '.join(each.text for each in listed)}.", prose(50))
    return Draft(name, source.title_of(name), blocks, sections, listed)


def _vocabulary() -> list[str]:
    chance = random.Random(1)
    made = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(6000)}
    return ["the", "of", "and", "government", "police", "torture", *sorted(made)]


def _run(parts: Parts, source: Source, drafts: Sequence[Draft], *, is_second: bool) -> None:
    newest = drafts[0].name.edition
    with parts.store.write() as unit:
        run_id = unit.runs.start(
            source.name,
            trigger="scheduled",
            orchestrator="direct",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        unit.commit()
    order = Recording(
        source.name, run_id, source.reader_revision, newest, not is_second, is_silent=False
    )
    for start in range(0, len(drafts), BATCH):
        with parts.store.write() as unit:
            seen = [_sighting(each, parts.now(), is_second) for each in drafts[start:][:BATCH]]
            unit.recorder(order).record(seen)
            unit.commit()
    with parts.store.write() as unit:
        unit.runs.end(run_id, "done", now=parts.now(), seconds=60.0)
        unit.commit()


def _sighting(draft: Draft, now: datetime, is_second: bool) -> Sighting:
    blocks, sections = draft.blocks, draft.sections
    if is_second:
        blocks = (f"{blocks[0]} Unconfirmed reports followed.", *blocks[1:])
        sections = (*sections[:-1], _edited(sections[-1]))
    issues = IssueList(IssueStatus.LISTED, draft.issues)
    value = Reading("Executive Summary", blocks, sections=sections, issues=issues)
    body = "\n".join(value.all_blocks).encode()
    return Sighting(
        f"https://www.state.gov/reports/{draft.name.edition}/{draft.name.country}/"
        f"{draft.name.part}".lower(),
        draft.name.edition,
        now,
        page=Page((Identified(draft.name, Evidence.HEADING, draft.title, value),)),
        body=body,
        payload_sha256=payload_sha256(body),
        is_listed=True,
    )


def _edited(section: Section) -> Section:
    blocks = (section.blocks[0].replace(" ", " allegedly ", 1), *section.blocks[1:])
    return Section(section.number, section.heading, blocks)


def main() -> None:
    """Make a database in a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.library", description=__doc__)
    parser.add_argument("home", type=Path, help="a folder that is not there yet")
    parser.add_argument("--reports", type=int, default=REPORTS)
    chosen = parser.parse_args()
    chosen.home.mkdir(parents=True)
    make(chosen.home, chosen.reports)
    print(f"{chosen.reports:,} reports are in {chosen.home}", file=sys.stderr)


if __name__ == "__main__":
    main()
