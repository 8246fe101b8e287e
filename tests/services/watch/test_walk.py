"""The whole walk, end to end: a served site, a real database, and what each run makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from walk_stage import HTML, SOURCE, AlteredSite, Watch, counts, told

from deployments.sample_site import SiteResponse
from deployments.sample_site.editions import ORIGIN
from reports.model.values import Page
from scrapers.registry import UnknownSource
from scrapers.sources.sample_hrr import SampleReports
from services.runs.run import BadRequest, DiscoveryFailed, RunRefused
from storage.texts.versions import StoredVersions

FOLDER = "/reports/2023-country-reports-on-civic-conditions/"
TEXT = "Members of the security forces committed some abuses."


def keys_by_url(site: AlteredSite) -> dict[str, str]:
    return {each.listed_url: each.key for scene in site.editions for each in scene.reports}


@pytest.mark.on_both
def test_each_step_of_the_timeline_is_told_as_it_happened(each_watch: Watch) -> None:
    expected: list[str] = []
    for step in each_watch.site.timeline.steps:
        report = each_watch.at(step.number)
        assert told(report) == {kind: tuple(sorted(of)) for kind, of in step.changes.items()}
        outcomes = each_watch.outcomes(report)
        named = keys_by_url(each_watch.site)
        for outcome in ("blocked", "suspected", "error", "empty", "unreadable", "unidentified"):
            found = {named[url] for url, each in outcomes.items() if each == outcome}
            assert found == set(step.outcomes.get(outcome, ())), (step.name, outcome)
        assert report.is_clean == ("blocked" not in step.outcomes), step.name
        if step.number == 0:
            each_watch.subscribe()
        else:
            expected += [f"{kind} {of}" for kind in step.changes for of in step.changes[kind]]
    assert sorted(each_watch.alerts()) == sorted(expected)
    with each_watch.parts.store.read() as unit:
        assert unit.audit.check()["faults"] == []


def test_a_second_look_finds_nothing_new(each_watch: Watch) -> None:
    each_watch.subscribe()
    for step in (0, 2, 3, 4, 8, 9):
        each_watch.at(step)
        before = each_watch.alerts()
        again = each_watch.run()
        assert told(again) == {}, step
        assert set(counts(again)) <= {"checked", "unchanged", "blocked"}
        assert each_watch.alerts() == before


@pytest.mark.usefixtures("seen")
def test_looking_at_everything_anew_finds_nothing_new(watch: Watch) -> None:
    again = watch.run(full=True)
    assert counts(again) == {"checked": 24, "unchanged": 24}
    assert told(again) == {}


def test_the_first_look_is_a_baseline_and_the_next_edition_is_news(watch: Watch) -> None:
    watch.subscribe()
    first = watch.at(0)
    assert {each.is_baseline for each in first.changes} == {True}
    later = watch.at(8)
    assert {each.is_baseline for each in later.changes} == {False}
    assert len(watch.alerts()) == len(later.changes) == 13


def test_a_baseline_that_was_cut_short_goes_on(watch: Watch) -> None:
    """What the first look could not read because the site broke down is no news at the second."""
    watch.subscribe()
    for each in watch.site.editions[0].reports:
        watch.site.fail(each.key, 503)
    assert watch.run().counts["error"] > 0
    watch.site.altered.clear()
    assert watch.run().counts["published"] > 0
    assert watch.alerts() == []


def test_one_broken_page_does_not_keep_a_baseline_open(watch: Watch) -> None:
    watch.site.fail("2023/XAA", 500)
    watch.run()
    watch.subscribe()
    watch.at(8)
    assert len(watch.alerts()) == 13


@pytest.mark.usefixtures("seen")
def test_a_site_that_is_down_changes_nothing(watch: Watch) -> None:
    watch.subscribe()
    for _ in range(3):
        report = watch.run(via="http://127.0.0.1:1")
        assert counts(report) == {"checked": 24, "error": 24}
        assert not report.is_clean
    assert watch.alerts() == []
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}


def test_a_site_that_was_never_up_is_said_to_be_down_and_the_run_is_closed(watch: Watch) -> None:
    with pytest.raises(DiscoveryFailed, match="no listing could be read"):
        watch.run(via="http://127.0.0.1:1")
    with watch.parts.store.read() as unit:
        (run,) = unit.runs.latest()
    assert (run.state, run.counts["checked"]) == ("failed", 0)
    assert "no listing could be read" in run.error
    assert counts(watch.run())["published"] == 24


@pytest.mark.parametrize(
    ("countries", "checked"),
    [(("XAG",), 2), (("Gandoria",), 2), (("XAG", "Belvaria"), 4), (("XAD/lower-sarn",), 4)],
)
def test_a_country_alone(watch: Watch, countries: tuple[str, ...], checked: int) -> None:
    report = watch.run(countries=countries)
    assert counts(report) == {"checked": checked, "published": checked}


def test_looking_at_one_country_is_no_baseline(watch: Watch) -> None:
    watch.run(countries=("XAG",))
    watch.subscribe()
    watch.run()
    assert watch.alerts() == []


def test_a_country_alone_leaves_the_others_alone(each_watch: Watch) -> None:
    each_watch.at(0)
    report = each_watch.at(2, countries=("XAB",))
    assert counts(report) == {"checked": 2, "unchanged": 2}
    assert told(each_watch.run()) == {"edited": ("2023/XAG",)}


@pytest.mark.usefixtures("seen")
def test_one_page_alone(watch: Watch) -> None:
    report = watch.at(2, urls=(watch.site.url("2023/XAG"),))
    assert counts(report) == {"checked": 1, "edited": 1}
    assert report.is_clean


def test_one_page_alone_with_an_empty_database(watch: Watch) -> None:
    report = watch.run(urls=(watch.site.url("2023/XAG"), watch.site.url("2023/XAB")))
    assert counts(report) == {"checked": 2, "published": 2}
    watch.subscribe()
    watch.run()
    assert watch.alerts() == []


def test_an_edition_alone(watch: Watch) -> None:
    report = watch.run(editions=("2022",))
    assert counts(report) == {"checked": 11, "published": 11}
    assert told(watch.at(2, editions=("2022",))) == {}


def test_an_older_edition_alone_is_no_baseline_for_the_newest(watch: Watch) -> None:
    watch.run(editions=("2022",))
    watch.subscribe()
    assert counts(watch.run())["published"] == 13
    assert watch.alerts() == []


@pytest.mark.usefixtures("seen")
def test_the_newest_two_editions_unless_told_otherwise(watch: Watch) -> None:
    report = watch.at(8)
    assert counts(report) == {"checked": 26, "published": 13, "unchanged": 13}
    assert counts(watch.run(editions=("2022", "2023", "2024")))["checked"] == 37


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"countries": ("Atlantis",)}, BadRequest),
        ({"source": "nowhere"}, UnknownSource),
    ],
)
def test_what_is_unknown_is_refused_before_anything_is_asked(
    watch: Watch, request_: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        watch.run(**request_)
    assert watch.site.asked == []
    assert watch.parts.store.is_free(f"source-{SOURCE}")


def test_a_source_under_way_is_refused_by_name_and_time(each_watch: Watch) -> None:
    each_watch.at(0)
    held = each_watch.parts.store.lock(f"source-{SOURCE}")
    with pytest.raises(RunRefused, match=f"another run of {SOURCE} is under way"):
        each_watch.run()
    held.release()
    assert each_watch.run().is_clean


def test_a_child_area_is_found_through_its_parents_page(watch: Watch) -> None:
    for year in (2022, 2023):
        watch.site.unlist(year, f"{year}/XAD/lower-sarn")
    report = watch.run()
    assert "2023/XAD/lower-sarn" in told(report)["published"]
    assert counts(report)["published"] == 24
    again = watch.run()
    assert counts(again) == {"checked": 24, "unchanged": 24}


def test_a_link_that_leads_nowhere_is_no_location(watch: Watch) -> None:
    for year in (2022, 2023):
        watch.site.unlist(year, f"{year}/XAD/lower-sarn")
        watch.site.fail(f"{year}/XAD/lower-sarn", 404)
    report = watch.run()
    assert counts(report) == {"checked": 22, "published": 22}
    assert watch.site.url("2023/XAD/lower-sarn") not in watch.locations()


def test_a_page_that_moved_is_told_once(each_watch: Watch) -> None:
    each_watch.at(0)
    each_watch.subscribe()
    new = f"{FOLDER}estmere-2/"
    each_watch.site.copy(new, "2023/XAE")
    each_watch.site.redirect(each_watch.site.report("2023/XAE").path, f"{ORIGIN}{new}")
    report = each_watch.run()
    assert told(report) == {"moved": ("2023/XAE",)}
    assert report.changes[0].url.endswith(new)
    for _ in range(3):
        assert told(each_watch.run()) == {}
    assert each_watch.alerts() == ["moved 2023/XAE"]


def test_a_page_that_moved_is_noticed_though_its_bytes_are_the_same(quiet_watch: Watch) -> None:
    test_a_page_that_moved_is_told_once(quiet_watch)


def test_an_edit_behind_a_redirect_is_an_edit(watch: Watch) -> None:
    site = watch.site
    watch.at(0)
    new = f"{FOLDER}estmere-2/"
    site.copy(new, "2023/XAE")
    site.redirect(site.report("2023/XAE").path, f"{ORIGIN}{new}")
    watch.run()
    watch.run()
    show = site.altered[new.rstrip("/")]

    def edited(answer: SiteResponse) -> SiteResponse:
        shown = show(answer)
        return shown._replace(body=shown.body.replace(b"Estmere is", b"Estmere was"))

    site.alter(new, edited)
    assert b"Estmere was" in site.render(new).body
    assert told(watch.run()) == {"edited": ("2023/XAE",)}
    assert told(watch.run()) == {}


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    "to",
    [
        f"{ORIGIN}/",
        f"{ORIGIN}/country-reports-on-civic-conditions/",
        "https://elsewhere.example/reports/",
    ],
    ids=["home page", "list of editions", "another site"],
)
def test_a_redirect_away_is_a_block_and_no_step_toward_gone(watch: Watch, to: str) -> None:
    watch.site.redirect(watch.site.report("2023/XAE").path, to)
    for _ in range(3):
        report = watch.run()
        assert counts(report)["unchanged"] == 23
        assert counts(report).get("blocked", 0) + counts(report).get("error", 0) == 1
        assert told(report) == {}
    watch.site.altered.clear()
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}


@pytest.mark.usefixtures("seen")
def test_a_404_after_a_redirect_is_no_step_toward_gone(watch: Watch) -> None:
    watch.site.redirect(watch.site.report("2023/XAE").path, f"{ORIGIN}/reports/none/")
    for _ in range(3):
        assert counts(watch.run())["blocked"] == 1
    assert watch.alerts() == []


def cut(answer: SiteResponse) -> SiteResponse:
    return answer._replace(body=answer.body[: len(answer.body) // 3])


def binary(answer: SiteResponse) -> SiteResponse:
    return SiteResponse(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7 nothing")


def refused(answer: SiteResponse) -> SiteResponse:
    return SiteResponse(403, HTML, b"<h1>Access Denied</h1>")


def soft_404(answer: SiteResponse) -> SiteResponse:
    return SiteResponse(200, HTML, b"<html><title>Page not found</title><h1>Not found</h1></html>")


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (cut, "unreadable"),
        (binary, "unreadable"),
        (refused, "blocked"),
        (soft_404, "suspected"),
    ],
)
def test_what_is_no_report_never_becomes_a_version(
    watch: Watch, change: Callable[[SiteResponse], SiteResponse], outcome: str
) -> None:
    watch.subscribe()
    watch.site.alter(watch.site.report("2023/XAE").path, change)
    for _ in range(3):
        report = watch.run()
        assert watch.outcomes(report)[watch.site.url("2023/XAE")] == outcome
        assert told(report) == {}
    watch.site.altered.clear()
    assert counts(watch.run()) == {"checked": 24, "unchanged": 24}
    assert watch.alerts() == []


class LaterReader(SampleReports):
    """The same source after its reader was mended: it reads a word that was overlooked."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        mended = [
            replace(each, reading=replace(each.reading, blocks=(*each.reading.blocks, "Mended.")))
            for each in page.reports
        ]
        return replace(page, reports=tuple(mended))


class NoteReader(SampleReports):
    """The same source after its reader learned to see a note."""

    reader_revision = SampleReports.reader_revision + 1

    def read(self, body: bytes, url: str) -> Page:
        page = super().read(body, url)
        noted = [
            replace(each, reading=replace(each.reading, notes=("Note: seen now.",)))
            for each in page.reports
        ]
        return replace(page, reports=tuple(noted))


@pytest.fixture
def later_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[SampleReports]], None]:
    def switch(kind: type[SampleReports]) -> None:
        monkeypatch.setattr("services.watch.walk.source_named", lambda name: kind())

    return switch


@pytest.mark.parametrize("kind", [LaterReader, NoteReader])
def test_a_better_reader_is_no_edit_by_the_publisher(
    each_watch: Watch,
    later_reader: Callable[[type[SampleReports]], None],
    kind: type[SampleReports],
) -> None:
    each_watch.at(0)
    each_watch.subscribe()
    later_reader(kind)
    report = each_watch.run()
    assert counts(report) == {"checked": 24, "unchanged": 24}
    assert told(report) == {}
    with each_watch.parts.store.read() as unit:
        latest = unit.versions.latest(unit.reports.find(country="XAG")[0].report)
    assert (latest.number, latest.reader_revision) == (1, kind.reader_revision)
    assert latest.reading.blocks[-1] == "Mended." or latest.reading.notes == ("Note: seen now.",)
    assert told(each_watch.run()) == {}


@pytest.mark.usefixtures("seen")
def test_an_edit_is_seen_though_the_reader_changed_meanwhile(
    watch: Watch, later_reader: Callable[[type[SampleReports]], None]
) -> None:
    later_reader(LaterReader)
    assert told(watch.at(2)) == {"edited": ("2023/XAG",)}


@pytest.mark.usefixtures("seen")
def test_words_once_cited_keep_their_hashes(
    watch: Watch, later_reader: Callable[[type[SampleReports]], None]
) -> None:
    with watch.parts.store.read() as unit:
        name = unit.reports.find(country="XAG")[0].report
        cited = unit.versions.latest(name).reading.text_sha256
    later_reader(LaterReader)
    watch.run()
    with watch.parts.store.read() as unit:
        assert unit.versions.latest(name).reading.text_sha256 != cited
        assert name in StoredVersions(unit._connection).with_text(SOURCE, cited)


def test_two_pages_of_one_report_edited_alike_are_one_edit(watch: Watch) -> None:
    """Whichever of them comes first in the list."""
    path = f"{FOLDER}aaa-belvaria/"
    index = next(each for each in watch.site.editions if each.year == 2023).path
    watch.site.copy(path, "2023/XAB")
    watch.at(0)
    link = f'<a href="{ORIGIN}{path}">Belvaria</a>'.encode()

    def listed(answer: SiteResponse) -> SiteResponse:
        start = answer.body.index(b"<body")
        end = answer.body.index(b">", start) + 1
        return answer._replace(body=answer.body[:end] + link + answer.body[end:])

    watch.site.alter(index, listed)
    watch.subscribe()
    assert counts(watch.run()) == {"checked": 25, "unchanged": 24, "duplicate": 1}
    watch.site.edit("2023/XAB", TEXT, "Nobody committed abuses.")
    mended = watch.site.altered[watch.site.report("2023/XAB").path.rstrip("/")]
    show = watch.site.altered[path.rstrip("/")]
    watch.site.alter(path, lambda answer: mended(show(answer)))
    assert told(watch.run()) == {"edited": ("2023/XAB",)}
    assert watch.alerts() == ["edited 2023/XAB"]


class BrokenReader(SampleReports):
    """The same source with a reader that one page breaks."""

    def read(self, body: bytes, url: str) -> Page:
        if "gandoria" in url:
            raise TypeError("nobody thought of this")
        return super().read(body, url)


def test_a_page_that_breaks_the_reader_ends_no_run(
    watch: Watch, later_reader: Callable[[type[SampleReports]], None]
) -> None:
    later_reader(BrokenReader)
    report = watch.at(0)
    assert counts(report)["unreadable"] == 2
    assert {each["reason"] for each in report.failures} == {"the reader failed: TypeError"}


def test_links_too_long_to_be_stored_stop_nothing(each_watch: Watch) -> None:
    """A page may link anything: from the list, from a parent's page, or by a redirect."""
    site = each_watch.site
    long = f"{ORIGIN}{FOLDER}{'a' * 4000}/"
    for path in (FOLDER, site.report("2023/XAD").path):
        link = f'<p><a href="{long}">Nowhere</a></p></main>'.encode()
        site.alter(path, lambda answer, link=link: insert(answer, link))
    site.copy(long.removeprefix(ORIGIN), "2023/XAE")
    site.redirect(site.report("2023/XAE").path, long)
    assert counts(each_watch.run()) == {"checked": 24, "published": 24}
    assert told(each_watch.run()) == {}


def insert(answer: SiteResponse, what: bytes) -> SiteResponse:
    return answer._replace(body=answer.body.replace(b"</main>", what))


def test_a_page_without_the_usual_frame_is_read_every_time(watch: Watch) -> None:
    """A compilation made by a user has no region of its own whose bytes could be compared."""
    path = "/report/custom/0123456789/"

    def compilation(text: str) -> Callable[[SiteResponse], SiteResponse]:
        body = (
            "<html><title>Custom Report</title><body><h1>Custom Report Excerpts</h1>"
            "<h2>2023 Country Reports on Civic Conditions: Gandoria</h2>"
            f"<h2>Executive Summary</h2><p>{text}</p></body></html>"
        )
        return lambda _: SiteResponse(200, HTML, body.encode())

    watch.site.alter(path, compilation("Gandoria was well. " * 20))
    url = f"{ORIGIN}{path}"
    assert counts(watch.run(urls=(url,))) == {"checked": 1, "published": 1}
    watch.site.alter(path, compilation("Gandoria was unwell. " * 20))
    assert told(watch.run(urls=(url,))) == {"edited": ("2023/XAG",)}
