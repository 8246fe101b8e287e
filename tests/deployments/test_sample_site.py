"""The sample site keeps its promises: real traps, noise without changes, a true timeline."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from threading import Thread

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from deployments.sample_site import SampleSite, serve
from deployments.sample_site.editions import SampleReport, Shape
from deployments.sample_site.load import load_areas
from reports.text.canonical import canonical_block, canonical_blocks
from reports.text.fingerprint import words_sha256

LISTING = "/country-reports-on-civic-conditions/"
INDEX = "/reports/{}-country-reports-on-civic-conditions/"
STEPS = SampleSite().timeline.steps
REPORTS = [each for edition in SampleSite(8).editions for each in edition.reports]
SUMMARY = re.compile(r"executive summary( title)?", re.IGNORECASE)


def report_named(key: str) -> SampleReport:
    return next(each for each in REPORTS if each.key == key)


def soup_of(site: SampleSite, path: str) -> BeautifulSoup:
    return BeautifulSoup(site.render(path).body, "lxml")


def text_of(tag: Tag) -> str:
    return canonical_block(tag.get_text())


def summary_on(page: BeautifulSoup) -> tuple[list[str], list[str]]:
    """Read a page by the rule for the real ones: the prose and the notes of its summary."""
    titles = page.select("#report_content .report__section-title")
    title = next(each for each in titles if SUMMARY.fullmatch(text_of(each)))
    section = title.find_parent("section")
    assert section is not None
    blocks = [text_of(each) for each in section.find_all("p") if text_of(each)]
    notes = [each for each in blocks if each.startswith("Note:")]
    return [each for each in blocks if each not in notes], notes


def section_blocks_on(page: BeautifulSoup) -> list[str]:
    """Every heading and paragraph of the report's text, in order."""
    content = page.select_one("#report_content")
    assert content is not None
    return list(canonical_blocks(each.get_text() for each in content.select("h2, h3, h4, p")))


# Pages


def test_a_page_shows_the_whole_report_in_the_real_structure(subtests: pytest.Subtests) -> None:
    assert len(REPORTS) == 37
    for report in REPORTS:
        with subtests.test(report=report):
            page = soup_of(SampleSite(8), report.path)
            prose, notes = summary_on(page)
            assert prose == list(canonical_blocks(report.summary))
            assert notes == list(report.notes)
            shown = section_blocks_on(page)
            wanted = canonical_blocks(report.paragraphs)
            assert [each for each in shown if each in wanted] == list(wanted)
            assert text_of(page.select_one("#breadcrumbs .bc_current")) == canonical_block(
                report.name
            )
            assert page.select_one("nav.report-toc") is not None
            assert page.select_one("#report_builder_overlay input#report-builder-nonce") is not None
            assert page.select_one('meta[property="og:url"]')["content"] == report.url


def test_a_report_reads_like_one(subtests: pytest.Subtests) -> None:
    assert len(REPORTS) == 37
    for report in REPORTS:
        with subtests.test(report=report):
            assert len(report.paragraphs) >= 13
            words = sum(len(each.split()) for each in report.paragraphs)
            assert 400 <= words <= 900
            assert 3 <= len(report.summary) <= 5
            assert 3 <= len(report.chapters) <= 7
            assert not any("{" in each or "'" in each for each in report.paragraphs)


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("2023/XAF", "Farrowland"),
        ("2022/XAF", "2022 Country Reports on Civic Conditions: Farrowland"),
        ("2022/XAK", "2022 Country Reports on Civic Conditions: Norvania"),
        ("2023/XAK", "2023 Country Reports on Civic Conditions: Nordavia"),
        ("2024/XAC", "2024 Country Reports on Civic Conditions: Côte d\u2019Ambre"),
    ],
)
def test_headings_are_full_bare_renamed_and_accented(key: str, heading: str) -> None:
    page = soup_of(SampleSite(8), report_named(key).path)
    assert text_of(page.select_one("h1.report-header__headline")) == heading


@pytest.mark.parametrize(
    ("key", "first_heading"),
    [
        ("2022/XAA", "EXECUTIVE SUMMARY"),
        ("2022/XAH", "Executive Summary Title"),
        ("2022/XAG", ""),
        ("2023/XAD", "Read a Section: Dorvania"),
        ("2024/XAD", "Read a Section: Dorvania"),
    ],
)
def test_the_first_section_heading_has_the_real_traps(key: str, first_heading: str) -> None:
    page = soup_of(SampleSite(8), report_named(key).path)
    assert text_of(page.select_one("#report-toc__exec-summary")) == first_heading


def test_a_hub_links_its_child_page() -> None:
    page = soup_of(SampleSite(), report_named("2023/XAD").path)
    links = [each["href"] for each in page.select("p.stars-above a")]
    assert links == [report_named("2023/XAD/lower-sarn").url]


def test_the_outline_changes_with_the_edition_2024() -> None:
    old = soup_of(SampleSite(8), report_named("2023/XAB").path)
    new = soup_of(SampleSite(8), report_named("2024/XAB").path)
    assert len(old.select("section[data-component=accordion] h4.report-toc-section")) == 6
    assert [text_of(each) for each in new.select("p.report-toc-section")] == [
        "Section 1.",
        "Section 2.",
        "Section 3.",
    ]
    assert not new.select("[data-component=accordion], script.yoast-schema-graph")


def test_texts_hold_the_characters_that_break_naive_comparison() -> None:
    everything = "".join("".join(each.paragraphs) for each in REPORTS)
    assert all(each in everything for each in "\u00a0\u200b\u2019ô")


def test_exactly_one_country_has_the_same_summary_in_two_editions() -> None:
    by_words = defaultdict(list)
    assert len(REPORTS) == 37
    for report in REPORTS:
        by_words[words_sha256(canonical_blocks(report.summary))].append(report.key)
    assert [each for each in by_words.values() if len(each) > 1] == [["2023/XAE", "2022/XAE"]]


def test_issue_lists_part_at_semicolons_and_name_vanishing_topics_before_2024_only() -> None:
    def issues(edition: int) -> str:
        texts = (text for each in REPORTS if each.edition == edition for text in each.summary)
        return " ".join(text for text in texts if text.startswith("Significant human rights"))

    for topic in ("corruption", "lesbian", "prison conditions"):
        assert topic in issues(2023)
        assert topic not in issues(2024)
    assert "; and " in issues(2024)


def test_the_country_table_knows_every_name_and_slug_of_its_edition() -> None:
    source = files("deployments.sample_site") / "countries.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    rows = {row["code"]: row for row in table["country"]}
    rows |= {f"{row['parent']}/{row['part']}": row for row in table["area"]}
    assert (len(table["country"]), len(REPORTS)) == (12, 37)
    assert len(REPORTS) == 37
    for report in REPORTS:
        row = rows[report.key.partition("/")[2]]
        assert report.name in row["names"]
        assert report.label in row["names"]
        spans = row["slugs"][report.slug].split(",")
        years = [[int(year) for year in span.split("-")] for span in spans]
        assert any(span[0] <= report.edition <= span[-1] for span in years)


# Lists


def test_the_listing_links_the_editions_online() -> None:
    def linked(step: int) -> list[str]:
        page = soup_of(SampleSite(step), LISTING)
        return [text_of(each)[:4] for each in page.select("a.collection-result__link[href]")]

    assert linked(0) == ["2023", "2022"]
    assert linked(8) == ["2024", "2023", "2022"]


def test_an_edition_not_yet_out_answers_404_in_the_template() -> None:
    answer = SampleSite(0).render(INDEX.format(2024))
    assert answer.status == 404
    assert b'id="masthead"' in answer.body


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_the_index_and_every_page_list_the_same_siblings(year: int) -> None:
    site = SampleSite(8)
    reports = [each for each in REPORTS if each.edition == year]
    wanted = [each.listed_url for each in reports]
    for path in (INDEX.format(year), *(each.path for each in reports)):
        options = soup_of(site, path).select("nav#report-nav select option[value^=http]")
        assert [each["value"] for each in options] == wanted


def test_listed_addresses_have_the_real_faults() -> None:
    listed = [each.listed_url.partition("conditions/")[2] for each in REPORTS]
    assert "__trashed/" in listed
    assert "Halvard-Islands/" in listed
    assert sum(not each.endswith("/") for each in listed) == 3


# Noise


@pytest.mark.parametrize("key", ["2022/XAA", "2023/XAD", "2024/XAB"])
def test_every_request_brings_other_bytes_and_the_same_main_region(key: str) -> None:
    site, path = SampleSite(8), report_named(key).path
    bodies = [site.render(path).body for _ in range(5)]
    assert len(set(bodies)) == 5
    assert len({main_region(each) for each in bodies}) == 1
    assert "ETag" not in site.render(path).headers


def test_without_noise_every_request_brings_the_same_bytes() -> None:
    site, path = SampleSite(noise="none"), report_named("2022/XAA").path
    assert site.render(path) == site.render(path)
    assert b"%%" not in site.render(path).body


def main_region(body: bytes) -> bytes:
    start = body.index(b'<section class="report__main')
    return body[start : body.index(b'<div class="report__side">')]


# The timeline


def look(site: SampleSite) -> dict[str, tuple[str, str, str]]:
    """What a careful reader sees: by report, what came of it, its words and its notes."""
    seen = {}
    for edition in site.editions:
        for report in edition.reports:
            answer = site.render(report.path)
            if answer.status == 404:
                seen[report.key] = ("suspected", "", "")
            elif answer.status != 200 or b"report__main" not in answer.body:
                seen[report.key] = ("blocked", "", "")
            else:
                page = BeautifulSoup(answer.body, "lxml")
                notes = summary_on(page)[1]
                words = [each for each in section_blocks_on(page) if each not in notes]
                seen[report.key] = ("read", words_sha256(words), "\n".join(notes))
    return seen


class Watcher:
    """The least watcher: remembers words and notes, and confirms a removal at the second look."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, str]] = {}
        self.missing: Counter[str] = Counter()

    def judge(self, key: str, outcome: str, words: str, notes: str) -> str:
        if outcome == "suspected":
            self.missing[key] += 1
            return "removed" if self.missing[key] == 2 else outcome
        if outcome == "blocked":
            return outcome
        before, self.held[key] = self.held.get(key), (words, notes)
        if before is None:
            return "published"
        if before[0] != words:
            return "edited"
        if before[1] != notes:
            return "noted"
        return "restored" if self.missing.pop(key, 0) else "unchanged"


def test_each_step_has_exactly_the_effect_it_announces() -> None:
    site, watcher = SampleSite(), Watcher()
    assert len(STEPS) == 10
    for step in STEPS:
        site.advance(step.number)
        effect = defaultdict(list)
        for key, seen in look(site).items():
            effect[watcher.judge(key, *seen)].append(key)
        effect.pop("unchanged", None)
        assert named(effect) == named({**step.changes, **step.outcomes}), step.name


def named(effect: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {kind: sorted(reports) for kind, reports in effect.items()}


def test_the_boilerplate_step_changes_every_page_outside_its_main_region() -> None:
    before, after = SampleSite(0, "none"), SampleSite(1, "none")
    shown = [each for each in REPORTS if each.edition < 2024]
    assert len(shown) == 24
    for report in shown:
        old, new = before.render(report.path).body, after.render(report.path).body
        assert old != new
        assert main_region(old) == main_region(new)


def test_the_silent_edit_is_taken_back_to_the_letter() -> None:
    path = report_named("2023/XAG").path
    texts = [main_region(SampleSite(step).render(path).body) for step in (1, 2, 3)]
    assert texts[0] == texts[2] != texts[1]
    assert b"credible reports of: arbitrary" in texts[0]
    assert b"credible reports of: arbitrary" not in texts[1]


def test_the_paragraph_split_changes_blocks_and_no_words() -> None:
    path = report_named("2023/XAB").path
    old, new = (summary_on(soup_of(SampleSite(step), path))[0] for step in (1, 2))
    assert len(new) == len(old) + 1
    assert words_sha256(old) == words_sha256(new)


def test_a_missing_report_stays_on_the_lists() -> None:
    report = report_named("2023/XAC")
    site = SampleSite(5)
    assert site.render(report.path).status == 404
    assert report.url.encode() in site.render(INDEX.format(2023)).body


def test_every_report_the_timeline_names_exists() -> None:
    source = tomllib.loads((files("deployments.sample_site") / "timeline.toml").read_text("utf-8"))
    named_reports = {row["report"] for row in source["edit"] + source["note"]}
    named_reports |= {each for row in source["fault"] for each in row["reports"]}
    assert named_reports <= {each.key for each in REPORTS}


@pytest.mark.parametrize("step", [-1, len(STEPS)])
def test_an_unknown_step_is_refused(step: int) -> None:
    site = SampleSite(3)
    with pytest.raises(ValueError, match=f"step {step} is not one of 0 to {len(STEPS) - 1}"):
        site.advance(step)
    assert site.step == 3


def test_a_site_answers_whole_pages_while_its_step_changes() -> None:
    site, path, broken = SampleSite(), report_named("2023/XAG").path, []

    def read() -> None:
        for _ in range(200):
            if not site.render(path).body.rstrip().endswith(b"-->"):
                broken.append(site.step)

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for step in (1, 2, 3, 0):
        site.advance(step)
    for reader in readers:
        reader.join()
    assert not broken


# The server


@pytest.fixture
def origin() -> Iterator[str]:
    with serve(SampleSite(noise="none")) as origin:
        yield origin


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("path", ["/", "/robots.txt", LISTING, INDEX.format(2023)])
def test_the_server_answers_get_and_head_alike(
    origin: str, client: requests.Session, path: str
) -> None:
    got, head = client.get(origin + path), client.head(origin + path)
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.headers["Content-Length"] == str(len(got.content))
    assert head.content == b""


def test_an_unchanged_page_is_not_sent_again(origin: str, client: requests.Session) -> None:
    address = origin + report_named("2022/XAA").path
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_addresses_without_a_slash_answer_too_and_one_is_redirected(
    origin: str, client: requests.Session
) -> None:
    plain, moved = report_named("2023/XAB"), report_named("2023/XAJ")
    assert client.get(origin + plain.path.rstrip("/")).status_code == 200
    answer = client.get(origin + moved.path.rstrip("/"), allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, moved.url)


def test_the_step_can_be_moved_from_another_program(origin: str, client: requests.Session) -> None:
    assert client.get(f"{origin}/__step").text == "0"
    assert client.post(f"{origin}/__step", data="8").text == "8"
    assert client.get(origin + INDEX.format(2024)).status_code == 200
    assert client.get(f"{origin}/__step").text == "8"


@pytest.mark.parametrize("body", ["", "99", "-1", "two", "1" * 1000])
def test_a_bad_step_is_refused_and_nothing_moves(
    origin: str, client: requests.Session, body: str
) -> None:
    assert client.post(f"{origin}/__step", data=body).status_code == 400
    assert client.get(f"{origin}/__step").text == "0"


def test_a_closed_server_answers_nobody_even_on_open_connections(
    client: requests.Session,
) -> None:
    with serve(SampleSite()) as origin:
        assert client.get(origin).status_code == 200
    with pytest.raises(requests.ConnectionError):
        client.get(origin)


def test_the_command_serves_until_it_is_terminated(client: requests.Session) -> None:
    command = [sys.executable, "-m", "deployments.sample_site", "--port", "0", "--step", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        greeting = program.stdout.readline()
        origin = re.search(r"http://127\.0\.0\.1:\d+", greeting)
        assert origin is not None
        assert client.get(f"{origin[0]}/__step").text == "2"
        program.terminate()
        assert program.wait(timeout=10) == 0


# Load


def test_the_load_edition_has_pages_of_real_size() -> None:
    site = SampleSite(noise="none", scale=3)
    path = INDEX.format(2021) + "dorvania/district-0003/"
    answer = site.render(path)
    page = BeautifulSoup(answer.body, "lxml")
    assert 200_000 < len(answer.body) < 300_000
    assert 90_000 < len("\n".join(section_blocks_on(page))) < 130_000
    assert answer == SampleSite(noise="none", scale=3).render(path)
    assert answer.body != site.render(path.replace("0003", "0002")).body


def test_the_load_edition_brings_its_rows_of_the_country_table() -> None:
    rows = tomllib.loads(load_areas(2))["area"]
    assert [row["part"] for row in rows] == ["district-0001", "district-0002"]
    options = soup_of(SampleSite(scale=2), INDEX.format(2021)).select("#report-nav option")
    assert [text_of(each) for each in options if each["value"]] == [row["names"][0] for row in rows]


def test_every_shape_is_in_use() -> None:
    assert {each.shape for each in REPORTS} == set(Shape)
