"""Six kinds of trouble at random: every real edit is found, and nothing else is reported."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from walk_stage import (
    HTML,
    SOURCE,
    START,
    AlteredSite,
    Clock,
    SiteResponse,
    Watch,
    counts,
    told,
    watching,
)

from deployments.sample_site.load import LOAD_YEAR, load_areas, load_reports
from reports.model.countries import CountryTable, load_table
from scrapers.sources.sample_hrr import SampleReports

DELAY = 5
HOME = "https://sample.reportwatch.example/"
TROUBLES = (
    SiteResponse(
        200, HTML, b"<html><h1>Technical Difficulties</h1><p>Please try again.</p></html>"
    ),
    SiteResponse(403, HTML, b"<html><h1>Access Denied</h1></html>"),
    SiteResponse(429, {**HTML, "Retry-After": "40"}, b"slow down"),
    SiteResponse(503, HTML, b"<html><h1>Service unavailable</h1></html>"),
    SiteResponse(301, {"Location": HOME}, b""),
    SiteResponse(200, HTML, b""),
)
ROWS = Path(__file__).parents[3] / "deployments" / "sample_site" / "countries.toml"


class Large(SampleReports):
    """The sample source, the load edition's districts among its places."""

    @property
    def countries(self) -> CountryTable:
        return load_table(f"{ROWS.read_text('utf-8')}\n{load_areas(LOAD)}")


LOAD = 23
"""Districts that make the site's 37 reports 60."""


@dataclass
class Storm:
    """A site in trouble: what goes wrong in a round, and which words were edited so far."""

    watch: Watch
    random: random.Random
    clock: Clock
    troubles: dict[str, SiteResponse] = field(default_factory=dict)
    edits: dict[str, list[bytes]] = field(default_factory=dict)
    asked: list[tuple[datetime, SiteResponse]] = field(default_factory=list)

    @property
    def pages(self) -> dict[str, str]:
        """The reports' pages: path without its last slash, and name."""
        online = [each for scene in self.watch.site.editions for each in scene.reports]
        online += [each for each in load_reports(LOAD).reports if self.watch.site.has_load]
        return {each.path.rstrip("/"): each.key for each in online}

    def break_some(self, share: float) -> None:
        pages = sorted(self.pages)
        broken = self.random.sample(pages, int(share * len(pages)))
        self.troubles = {page: self.random.choice(TROUBLES) for page in broken}

    def edit(self, number: int) -> str:
        """Write a sentence into a page that had none yet; return the report's name."""
        page = self.random.choice(sorted(self.pages.keys() - self.edits.keys()))
        self.edits[page] = [f"<p>Inserted sentence number {number} was never there.</p>".encode()]
        name = self.pages[page]
        self.watch.site.modified[name] = self.clock.now
        return name

    def answer(self, path: str, plain: SiteResponse) -> SiteResponse:
        page = path.partition("?")[0].rstrip("/")
        told = self.troubles.get(page, plain)
        if told is plain and page in self.edits and plain.status == 200:
            told = plain._replace(body=_with(plain.body, self.edits[page]))
        self.asked.append((self.clock.now, told))
        return told


def _with(body: bytes, sentences: list[bytes]) -> bytes:
    """Return a page with more paragraphs at the end of its report."""
    end = body.rfind(b"</p>", 0, body.rfind(b"</section>"))
    return b"".join((body[:end], b"</p>", *sentences, body[end:]))


class Stormy(AlteredSite):
    storm: Storm
    has_load = False

    def render(self, path: str) -> SiteResponse:
        return self.storm.answer(path, super().render(path))


@pytest.fixture
def storm(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Storm]:
    yield from _storm(tmp_path)


@pytest.fixture
def large_storm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storm]:
    for module in ("watch.walk", "runs.reread", "runs.topics"):
        monkeypatch.setattr(f"services.{module}.source_named", lambda _name: Large())
    yield from _storm(tmp_path, scale=LOAD)


def _storm(folder: Path, scale: int = 0) -> Iterator[Storm]:
    with watching(f"sqlite:///{folder / 'db.sqlite'}", folder, 8, scale=scale) as watch:
        clock = Clock(START)
        storm = Storm(watch, random.Random(4), clock)
        watch.site.__class__ = Stormy
        watch.site.storm, watch.site.has_load = storm, bool(scale)
        watch.site.has_hints = True
        watch.parts = replace(
            watch.parts, now=clock.read, sleep=clock.sleep, monotonic=clock.monotonic
        )
        watch.set(delay=DELAY, workers=1)
        yield storm


def weather(storm: Storm, runs: int, edits: int, editions: tuple[str, ...]) -> list[str]:
    """Run through the storm and once more after it; return what was told but was not so."""
    watch, wrong = storm.watch, []
    due = sorted(storm.random.sample(range(1, runs), edits))
    open_edits: set[str] = set()
    watch.run(editions=editions)
    storm.clock.now += timedelta(days=1)
    for number in range(1, runs + 2):
        storm.break_some(0 if number > runs else storm.random.choice((0, 0.1, 0.5, 1)))
        if number in due:
            open_edits.add(storm.edit(number))
        report = watch.run(editions=editions)
        storm.clock.now += timedelta(days=1)
        for kind, names in told(report).items():
            wrong += [f"{kind} {name}" for name in names if kind != "edited"]
            wrong += [f"edited {name}" for name in names if name not in open_edits]
            open_edits -= set(names) if kind == "edited" else set()
    return wrong + [f"missed {name}" for name in sorted(open_edits)]


def assert_manners(storm: Storm) -> None:
    """Hold the moments of all requests against the delay and against Retry-After."""
    for (earlier, said), (later, _) in pairwise(storm.asked):
        wait = 40 if said.status == 429 else DELAY
        assert later - earlier >= timedelta(seconds=wait)


@pytest.mark.parametrize("hints", ["rest", "none"])
def test_every_edit_is_found_and_nothing_else_is_told(storm: Storm, hints: str) -> None:
    storm.watch.set(hints=hints)
    assert weather(storm, runs=12, edits=6, editions=("2022", "2023", "2024")) == []
    assert_manners(storm)


@pytest.mark.slow
@pytest.mark.parametrize("hints", ["rest", "none"])
def test_fifty_runs_of_sixty_pages_with_twenty_edits(large_storm: Storm, hints: str) -> None:
    large_storm.watch.set(hints=hints)
    assert len(large_storm.pages) == 60
    editions = (str(LOAD_YEAR), "2022", "2023", "2024")
    assert weather(large_storm, runs=50, edits=20, editions=editions) == []
    assert_manners(large_storm)


def test_a_page_refused_for_its_shape_waits_in_review_until_it_reads_well(watch: Watch) -> None:
    def doubled(answer: SiteResponse) -> SiteResponse:
        return answer._replace(
            body=answer.body.replace(b"</footer>", b"</footer></div>").replace(
                b'<div id="report_content"',
                b'</html><div id="report_content" class="report__content">'
                b'</div><div id="report_content"',
                1,
            )
        )

    watch.at(0)
    watch.site.alter(watch.site.report("2023/XAG").path, doubled)
    for _ in range(2):
        assert counts(watch.run())["unreadable"] == 1
        with watch.parts.store.read() as unit:
            (waiting,) = unit.reviews(SOURCE).open()
        assert (waiting.state, waiting.edition) == ("held", "2023")
        assert waiting.why
    watch.site.altered.clear()
    watch.run()
    with watch.parts.store.read() as unit:
        assert unit.reviews(SOURCE).open() == []
