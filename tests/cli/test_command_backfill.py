"""``backfill`` from end to end: the sample site watched, the Archive asked, a change borne out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import reportwatch
from wayback_site import WaybackSite, wayback_site

from deployments.sample_site import SampleSite

RUN = {"run_id", "source", "counts", "failures", "seconds", "captures", "corroborated"}
URL = (
    "https://sample.reportwatch.example/reports/2023-country-reports-on-civic-conditions/gandoria/"
)
PATH = "/reports/2023-country-reports-on-civic-conditions/gandoria/"
LOOK = ("sample-hrr", "--country", "Gandoria", "--edition", "2023")
OLD = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WaybackSite]:
    with wayback_site() as site:
        monkeypatch.setenv("REPORTWATCH_WAYBACK_URL", site.origin)
        yield site


def test_what_the_archive_holds_becomes_history(sample: Path, web: WaybackSite) -> None:
    web.hold(OLD, URL, SampleSite(2).render(PATH).body)
    before = len(reportwatch("log", "Gandoria", "2023", "--json").document)
    ran = reportwatch("backfill", *LOOK, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.document) == RUN
    assert ran.document["captures"] == {
        "listed": 1,
        "known_digest": 0,
        "fetched": 1,
        "skipped": 0,
    }
    assert ran.document["counts"]["checked"] == 1
    history = reportwatch("log", "Gandoria", "2023", "--json").document
    assert len(history) == before + 1
    assert history[-1]["captured_at"] == "2024-05-01T00:00:00Z"


def test_people_are_told_in_sentences(sample: Path, web: WaybackSite) -> None:
    ran = reportwatch("backfill", *LOOK)
    assert ran.code == 0
    assert "nothing to look at" in ran.out
    assert "0 captures listed: 0 fetched, 0 known already, 0 left out" in ran.out
    assert "0 changes of this source corroborated by captures of the Internet Archive" in ran.out


def test_a_source_of_which_nothing_is_known_is_told_so(sample: Path, web: WaybackSite) -> None:
    ran = reportwatch("backfill", "uk-cpin")
    assert ran.code == 0
    told = "no page of uk-cpin in this scope is known yet: `reportwatch ingest uk-cpin` first"
    assert told in " ".join(ran.err.split())
    assert "no page of" not in reportwatch("backfill", *LOOK).err


def test_a_date_means_the_whole_day(sample: Path, web: WaybackSite) -> None:
    reportwatch("backfill", *LOOK, "--from", "2024-05-01", "--to", "2024-05-01")
    assert "from=20240501000000" in web.searches[0]
    assert "to=20240501235959" in web.searches[0]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "SOURCE"),
        (("nowhere",), 1, "nowhere"),
        (("sample-hrr", "--country", "Atlantis"), 1, "Atlantis"),
        (("sample-hrr", "--from", "soon"), 2, "soon"),
        (("sample-hrr", "--from", "2025-01-02", "--to", "2025-01-01"), 2, "later than"),
        (("sample-hrr", "--limit", "-1"), 2, "--limit"),
    ],
)
def test_wrong_requests_are_refused(
    sample: Path, web: WaybackSite, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = reportwatch("backfill", *words, "--json")
    assert ran.code == code
    assert told in ran.document["error"]
    assert web.asked == []


def test_an_archive_that_is_busy_ends_with_1_and_says_how_to_go_on(
    sample: Path, web: WaybackSite
) -> None:
    web.instead["/cdx"] = [(429, {"Retry-After": "9999"}, b"")]
    ran = reportwatch("backfill", *LOOK, "--json")
    assert ran.code == 1
    assert "run it again to go on" in ran.document["failures"][0]["reason"]


def test_an_endpoint_with_a_path_is_refused_by_name(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_WAYBACK_URL", "http://127.0.0.1:1/wayback")
    ran = reportwatch("backfill", *LOOK)
    assert ran.code == 3
    assert "REPORTWATCH_WAYBACK_URL" in ran.err
