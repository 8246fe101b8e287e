"""The pages of topics: what left, what is new, who said what; and one picture for page and file."""

from __future__ import annotations

import html
import re
from functools import partial

import httpx
import pytest
import resvg_py
from monitor_stage import Open
from topic_stage import REVISION, SOURCE, countries, end_run, hold, naming

from exhibits.heat_map import HeatMap, as_png, as_svg, heat_map
from monitor.web.page_cache import PageCache
from reports.wording.changes import topic_name
from services.assembly import Parts
from services.runs.topics import read_topics

CORRUPTION = topic_name("corruption")


@pytest.fixture
def monitor(open_monitor: Open) -> tuple[httpx.Client, Parts]:
    client, parts = open_monitor()
    hold(parts.store, "2023", {**naming(12, 20), "XYA": [], "XYB": None})
    hold(parts.store, "2024", naming(0, 20, other="privacy"))
    return client, parts


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.text).split()))


def test_the_page_says_what_left_and_what_is_new(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, _ = monitor
    text = text_of(client.get("/topics"))
    assert "Left the issue lists from 2023 to 2024" in text
    assert f"{CORRUPTION} 12 of 20 60 % 0 of 20 0 % 12 → 0" in text
    assert f"{topic_name('privacy')} 0 of 20 0 % 20 of 20 100 %" in text
    assert "Absence of reporting is not evidence of absence." in text
    assert "Reports read 22 20 with an issue list 20 20" in text
    assert "saying there was nothing to report 1 0 with a list that could not be read 1 0" in text


def test_lists_that_were_not_read_whole_stand_beside_the_figures(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, parts = monitor
    hold(parts.store, "2024", {"X00+": ["corruption"], "X01+": ["privacy"]})
    page = client.get("/topics")
    text = text_of(page)
    assert "2 lists of 2024 were not read whole: X00 , X01 ." in text
    assert f'href="/reports/{SOURCE}/2024/X01#issues"' in page.text
    assert f"{CORRUPTION} 12 of 20 60 % 1 of 19 5 %" not in text  # fell: it did not leave
    assert "with a list that was not read whole 0 2" in text
    text = text_of(client.get("/topics/corruption"))
    assert "2024: named by 1 of 19 issue lists. 2 lists were not read whole." in text
    assert "Named in 2023, not found in 2024" in text
    assert "X01 2023 2024 : its list was not read whole: what was read does not name it" in text
    assert "X02 2023 2024 : its list no longer names it" in text
    assert "2024 1 19 5 %" in text


def test_editions_and_sources_can_be_chosen(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    hold(parts.store, "2022", naming(1, 20))
    text = text_of(client.get("/topics?edition=2023"))
    assert "Left the issue lists from 2022 to 2023" in text
    text = text_of(client.get("/topics?against=2022&edition=2024"))
    assert "Left the issue lists from 2022 to 2024" in text
    assert "No report of this family (US human rights) has been read yet" in text_of(
        client.get("/topics?source=us-state-hrr")
    )


def test_what_is_not_held_is_not_found(
    monitor: tuple[httpx.Client, Parts], subtests: pytest.Subtests
) -> None:
    for path in [
        "/topics?edition=2031",
        "/topics?edition=%3Cscript%3E",
        "/topics?source=nobody",
        "/topics/nothing_of_the_kind",
        "/topics/corruption?edition=2031",
        "/topics.svg?source=us-state-hrr",
        "/topics.png?source=us-state-hrr",
        "/api/v1/topics?edition=2031",
    ]:
        with subtests.test(path=path):
            client, _ = monitor
            answer = client.get(path)
            assert answer.status_code == 404
            assert "<script" not in answer.text


def test_an_empty_monitor_says_how_to_fill_it(open_monitor: Open) -> None:
    client, _ = open_monitor()
    for path in ("/topics", "/topics/corruption"):
        assert 'href="/sources/sample-hrr">its page</a>' in client.get(path).text


def test_a_topic_shows_who_named_it_and_what_they_say_now(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, _ = monitor
    text = text_of(client.get("/topics/corruption"))
    assert "2024: named by 0 of 20 issue lists" in text
    assert "Named in 2023, not found in 2024 12 reports, in the words of 2023" in text
    assert "reports of corruption in X03" in text
    assert "2024 : its list no longer names it" in text
    assert "UDHR 21; ICCPR 25; UNCAC" in text
    before = client.get("/topics/corruption?edition=2023").text
    assert f'<a href="/reports/{SOURCE}/2023/X03">X03</a>' in before


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"X00": []}, "it says that there was nothing to report"),
        ({"X00": None}, "its list could not be read"),
        ({"X01": ["privacy"]}, "2024: not stored"),
    ],
)
def test_a_topic_says_why_a_report_no_longer_names_it(
    open_monitor: Open, now: dict[str, list[str] | None], why: str
) -> None:
    client, parts = open_monitor()
    hold(parts.store, "2023", {"X00": ["corruption"]})
    hold(parts.store, "2024", now)
    assert why in text_of(client.get("/topics/corruption"))


def test_figures_of_reports_not_read_by_this_reader_are_marked(open_monitor: Open) -> None:
    client, parts = open_monitor()
    hold(parts.store, "2024", naming(3, 5), revision=REVISION - 1)
    for path in ("/topics", "/topics/corruption"):
        text = text_of(client.get(path))
        assert "5 reports of 2024 not read by this reader yet" in text
        assert "reportwatch reread" in text


def test_a_page_is_made_again_once_a_figure_has_changed(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, parts = monitor
    before = client.get("/topics").text
    assert client.get("/topics").text == before
    hold(parts.store, "2024", {country: ["corruption"] for country in countries(3, 50)})
    assert f"{CORRUPTION} 12 3" in text_of(client.get("/topics"))


def test_the_api_gives_the_document_of_the_command(monitor: tuple[httpx.Client, Parts]) -> None:
    client, parts = monitor
    with parts.store.read() as unit:
        document = read_topics(unit, SOURCE).document.as_json()
    assert client.get("/api/v1/topics").json() == document
    (gone,) = [each for each in document["vanished"] if each["topic"] == "corruption"]
    assert gone["before"] == {"reports": 12, "lists": 20, "share": 0.6}
    assert gone["named_by"] == [f"{SOURCE}/2023/{country}" for country in countries(12)]
    (new,) = document["new"]
    assert (new["topic"], len(new["named_by"])) == ("privacy", 20)


def test_a_topic_that_vanished_is_a_change_whose_link_leads_to_it(
    monitor: tuple[httpx.Client, Parts],
) -> None:
    client, parts = monitor
    end_run(parts.store)
    listed = client.get("/changes?kind=topic_vanished").text
    (link,) = set(re.findall(r'href="(/topics/corruption[^"]*)"', listed))
    assert "Named in 2023, not found in 2024" in text_of(client.get(html.unescape(link)))
    (change, *_) = client.get("/api/v1/changes?kind=topic_vanished").json()
    assert change["report"] == f"{SOURCE}/2024"
    assert client.get("/").status_code == 200


class TestPicture:
    def test_it_is_in_the_page_without_script_or_style(
        self, monitor: tuple[httpx.Client, Parts]
    ) -> None:
        client, _ = monitor
        page = client.get("/topics").text
        (picture,) = re.findall(r"<svg.*</svg>", page, re.DOTALL)
        assert not re.search(r"<script|<style|<image|<foreignObject|\sstyle=|\son\w+=", picture)
        assert 'role="img"' in picture
        assert re.search(r"<title>Topics in the issue lists of .+, 2023 to 2024</title>", picture)
        assert "<desc>" in picture
        assert ">60<" in picture
        assert CORRUPTION in picture

    def test_it_can_be_had_as_a_file(self, monitor: tuple[httpx.Client, Parts]) -> None:
        client, _ = monitor
        svg, png = client.get("/topics.svg"), client.get("/topics.png")
        assert svg.headers["content-type"] == "image/svg+xml"
        assert svg.text in client.get("/topics").text
        assert png.headers["content-type"] == "image/png"
        assert png.content.startswith(b"\x89PNG")

    def test_equal_figures_are_drawn_once(self, monitor: tuple[httpx.Client, Parts]) -> None:
        _, parts = monitor
        views = []
        for _ in range(2):
            with parts.store.read() as unit:
                views.append(heat_map(read_topics(unit, SOURCE)))
        assert views[0] == views[1]
        assert as_svg(views[0]) is as_svg(views[1])
        assert as_png(views[0]) is as_png(views[1])

    def test_its_figures_are_shares_and_none_is_a_dot(
        self, monitor: tuple[httpx.Client, Parts]
    ) -> None:
        _, parts = monitor
        with parts.store.read() as unit:
            chart = heat_map(read_topics(unit, SOURCE))
        figures = dict(zip(chart.rows, chart.cells, strict=True))
        assert figures[CORRUPTION] == ((12, 20), (0, 20))
        assert figures["POLITICAL RIGHTS"] == ()
        assert as_svg(chart).count(">·<") == 3

    def test_it_says_how_many_lists_were_not_read_whole(
        self, monitor: tuple[httpx.Client, Parts]
    ) -> None:
        _, parts = monitor
        with parts.store.read() as unit:
            assert heat_map(read_topics(unit, SOURCE)).unread == ""
        hold(parts.store, "2024", {"X00+": ["corruption"]})
        with parts.store.read() as unit:
            chart = heat_map(read_topics(unit, SOURCE))
        assert chart.unread.startswith("Lists not read whole: 1 of 2024. A list that was not read")
        assert chart.description.endswith(chart.unread)
        assert ">Lists not read whole: 1 of 2024. A list" in as_svg(chart)
        assert dict(zip(chart.rows, chart.cells, strict=True))[CORRUPTION] == ((12, 20), (1, 20))

    def test_its_words_are_drawn_on_a_machine_without_fonts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bare = partial(resvg_py.svg_to_bytes, skip_system_fonts=True)
        monkeypatch.setattr(resvg_py, "svg_to_bytes", bare)
        chart = HeatMap("Title", "Words", ("2024",), ("Topic",), (((1, 2),),))
        assert as_png(chart) != bare(svg_string=as_svg(chart), zoom=2)

    def test_hostile_names_do_not_leave_their_place(self, open_monitor: Open) -> None:
        _, parts = open_monitor()
        hold(parts.store, "2024", {"XAA": ["</text><script>alert(1)</script>\u202e"]})
        with parts.store.read() as unit:
            drawn = as_svg(heat_map(read_topics(unit, SOURCE)))
        assert "<script" not in drawn
        assert "\u202e" not in drawn


def test_the_cache_forgets_what_was_asked_for_longest_ago() -> None:
    cache, made = PageCache(2), []

    def make(name: str) -> str:
        made.append(name)
        return name

    for name in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(name, lambda: make(name)) == name  # noqa: B023 - called at once
    assert made == ["a", "b", "c", "b"]
