"""The bench measures what it says, on pages that have the identity it gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from bench.__main__ import PARTS, main
from bench.budgets import Budget, budgets
from bench.child import BenchFailed, Cost, run
from bench.contest import Plain, Product, Sample, by_rest, check, contest
from bench.findings import Findings
from bench.modes import SOURCE
from bench.pages import PageSet, edited, enlarged, load_pages
from bench.services import PageServer, page_server
from bench.stored import measure
from bench.tables import document, show
from scrapers.registry import source_named

PAGES = 2
LARGE = 5


@pytest.fixture(scope="module")
def generated() -> PageSet:
    return load_pages(None, PAGES)


@pytest.fixture(scope="module")
def site() -> Iterator[PageServer]:
    with page_server(None, PAGES, LARGE) as served:
        yield served


@pytest.mark.slow
def test_every_page_is_the_report_its_listing_names(generated: PageSet) -> None:
    source = source_named(SOURCE)
    reports = enlarged(generated, LARGE).reports
    assert len(reports) == LARGE
    for report in reports:
        (found,) = source.read(report.page(), report.url).reports
        place = source.place_of(report.url, report.label)
        assert place
        assert (found.report.edition, found.report.country) == (report.edition, place.country)


@pytest.mark.slow
def test_an_enlarged_set_has_as_many_identities_as_asked_for(generated: PageSet) -> None:
    more = enlarged(generated, LARGE)
    assert len({each.url for each in more.reports}) == LARGE


@pytest.mark.slow
def test_an_edited_page_differs_in_its_summary_by_one_word(generated: PageSet) -> None:
    source, report = source_named(SOURCE), generated.reports[0]
    before = source.read(report.page(), report.url).reports[0].reading
    after = source.read(edited(report), report.url).reports[0].reading
    pairs = zip(before.blocks, after.blocks, strict=True)
    words = [pair for a, b in pairs for pair in zip(a.split(), b.split(), strict=True)]
    assert [new for old, new in words if old != new] == ["amended"]
    assert before.sections == after.sections


@pytest.mark.slow
def test_the_product_and_the_script_go_through_every_scenario(
    site: PageServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product, script = Product(tmp_path / "direct"), Plain(tmp_path / "plain")
    found = Findings(site)
    for sample in contest(site, [product, script], ["304", "200", "noisy", "edits"]):
        found.samples.append(sample)
        if sample.contestant == Product.name:
            found.stored[sample.scenario] = measure(product.database)
    told = document(found, rounds=1)
    assert len(told["runs"]) == 2 * 5 + 1  # four scenarios and the single page; edits alone
    assert all(row["cpu_ms"]["median"] > 0 for row in told["runs"])
    verdicts = {each["what"]: each["verdict"] for each in told["budgets"]}
    assert verdicts["payloads that noise alone adds"] == "met"
    assert verdicts["first crawl: CPU to the script's"] == "not measured"  # no flow was run
    show(told)
    assert "Budgets" in capsys.readouterr().out


@pytest.mark.slow
def test_where_rest_tells_what_was_modified_no_edit_is_missed(
    site: PageServer, tmp_path: Path
) -> None:
    found = list(by_rest(site, Product(tmp_path / "direct")))
    assert [what for what, _, _ in found] == ["unchanged", "edited"]
    assert all(requests > 0 for _, _, requests in found)


@pytest.mark.slow
def test_the_pages_of_a_rest_collection_have_no_etag_and_their_edits_are_modified_last(
    site: PageServer,
) -> None:
    query = "/wp-json/wp/v2/state_report?per_page=100&modified_after=2025-01-01T00:00:00"
    for mode, edits in (("large_rest", 0), ("large_rest_edited", site.large_edits)):
        with urlopen(site.origins[mode] + urlsplit(site.first_url).path) as page:
            assert "ETag" not in page.headers
        with urlopen(site.origins[mode] + query) as answer:
            assert len(json.load(answer)) == edits


@pytest.mark.slow
def test_the_whole_bench_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPORTWATCH_CORPUS", str(tmp_path / "none"))
    own = [part for each in PARTS if each != "peers" for part in ("--only", each)]
    few = ["--pages", str(PAGES), "--rounds", "1", "--large", str(LARGE), "--library", "400"]
    assert main([*few, *own]) == 0
    lines = capsys.readouterr().out.splitlines()
    unmeasured = [line for line in lines if "not measured" in line]
    named = [line.split("  ")[0] for line in unmeasured]
    assert named == [  # two pages make no pair of editions
        "word diff of two summaries, median",
        "word diff of two summaries, slowest",
        "word diff of two whole reports, slowest",
        "two editions of a report compared, slowest",
    ]


@pytest.mark.parametrize(
    ("measured", "is_floor", "verdict"),
    [
        (0.5, False, "met"),
        (1.0, False, "met"),
        (1.5, False, "missed"),
        (0.5, True, "missed"),
        (1.5, True, "met"),
        (None, False, "not measured"),
    ],
)
def test_a_budget_is_met_on_its_side_of_the_bound(
    measured: float | None, is_floor: bool, verdict: str
) -> None:
    assert Budget("something", 1.0, measured, "x", is_floor).verdict == verdict


def test_speed_is_never_bought_with_wrongness() -> None:
    check("a right run", {"checked": 2, "unchanged": 2}, {"edited": 0, "unchanged": 2})
    with pytest.raises(BenchFailed, match="a wrong run"):
        check("a wrong run", {"checked": 2, "unchanged": 1, "error": 1}, {"unchanged": 2})


@pytest.mark.slow
def test_a_ratio_is_taken_round_by_round(site: PageServer) -> None:
    found = Findings(site)
    for ours, theirs in ((1.0, 2.0), (8.0, 4.0), (3.0, 3.0)):
        found.samples.append(Sample("first", "ours", PAGES, Cost(ours, 1.0, 1.0)))
        found.samples.append(Sample("first", "theirs", PAGES, Cost(theirs, 1.0, 1.0)))
    assert found.ratio("first", "ours", "theirs") == 1.0
    assert found.ratio("first", "ours", "somebody") is None


@pytest.mark.slow
def test_nothing_measured_is_never_called_met(site: PageServer) -> None:
    assert {each.verdict for each in budgets(Findings(site))} == {"not measured"}


def test_a_program_that_fails_stops_the_bench_with_its_words() -> None:
    with pytest.raises(BenchFailed, match="it broke"):
        run(["sh", "-c", "echo it broke >&2; exit 3"], {})
