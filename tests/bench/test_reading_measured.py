"""Reading is measured beside other programs, and its quality is told as tables and as JSON."""

from __future__ import annotations

import json

import pytest

from bench.budgets import budgets
from bench.findings import Findings
from bench.modes import UNCHANGED, WHOLLY
from bench.pages import load_pages
from bench.quality.__main__ import main as quality
from bench.quality.measure import Quality
from bench.quality.pages import known_pages
from bench.quality.reading import read_pages
from bench.reading_speed import READERS, reading_speed
from bench.services import PageServer, page_server

PAGES = 2


@pytest.mark.slow
def test_every_reader_is_timed_on_the_same_pages() -> None:
    costs = reading_speed(load_pages(None, PAGES).reports)
    assert list(costs) == list(READERS)
    assert all(cost > 0 for cost in costs.values())
    assert costs[UNCHANGED] < costs[WHOLLY]


@pytest.fixture(scope="module")
def site() -> PageServer:
    with page_server(None, PAGES, PAGES) as served:
        return served


@pytest.mark.parametrize(("cost", "verdict"), [(8.9, "met"), (9.1, "missed")])
@pytest.mark.slow
def test_reading_wholly_has_a_budget(site: PageServer, cost: float, verdict: str) -> None:
    found = Findings(site)
    found.readings["reading"] = {**dict.fromkeys(READERS, 100.0), WHOLLY: cost}
    verdicts = {each.what: each.verdict for each in budgets(found)}
    assert verdicts["reading a page wholly, CPU"] == verdict


def test_quality_is_told_as_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert quality(["--own"]) == 0
    said = capsys.readouterr().out
    assert "exact summaries" in said
    assert "unparsed" in said


def test_quality_is_told_as_json_with_every_page_that_is_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert quality(["--own", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["digest"] == ""
    assert len(told["scores"]) == 13
    for score in told["scores"].values():
        assert score["right"] <= score["of"]
        assert len(score["wrong"]) >= (score["right"] < score["of"])


def test_a_page_that_is_read_otherwise_lowers_its_scores() -> None:
    pages = list(read_pages(known_pages(None)[:4]))
    assert Quality(pages).summaries.right == len(pages)
    swapped = [*pages[:2], type(pages[2])(pages[2].known, "", pages[3].page, None)]
    score = Quality(swapped).summaries
    assert (score.right, score.of) == (2, 3)
    assert "instead of" in score.wrong[pages[2].known.file]
    assert Quality(swapped).identities.right == 2
