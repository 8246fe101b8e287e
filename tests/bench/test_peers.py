"""All programs see the same replica, and what they tell is held against what happened there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest
from rich.console import Console

from bench.child import BenchFailed
from bench.modes import ROUND_PATH, SOURCE
from bench.pages import PageSet, load_pages
from bench.peers import contest as peers
from bench.peers.changes import edited, framed
from bench.peers.contest import Replica, beside_peers, contest, replica
from bench.peers.environment import installed
from bench.peers.plan import PAGES as PAGES_IN_ALL
from bench.peers.plan import (
    TOUCHED,
    Edit,
    Frame,
    Kind,
    Plan,
    Trouble,
    day_of,
    make_plan,
)
from bench.peers.replica import Publisher, Stage
from bench.peers.score import score
from bench.peers.watcher import Told
from bench.peers.webchanges import Webchanges
from bench.services import counted
from bench.serving import Reply
from bench.tables import WIDTH, peers_table
from scrapers.registry import source_named

PAGES, ROUNDS = 4, 2
"""The size of the replica that runs in a process of its own."""
SMALL = ("--pages", str(PAGES), "--rounds", str(ROUNDS))


@pytest.fixture(scope="module")
def pages() -> PageSet:
    return load_pages(None, PAGES_IN_ALL)


@pytest.fixture(scope="module")
def stage(pages: PageSet) -> Stage:
    return Stage(Publisher(pages, make_plan()))


@pytest.fixture(scope="module")
def served() -> Iterator[Replica]:
    with replica(None, *SMALL, ports=2) as running:
        yield running


def _move(origin: str, round_: int) -> None:
    with urlopen(f"{origin}{ROUND_PATH}{round_}"):
        pass


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _answer(url: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with build_opener(_Stay).open(url) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers)


def _words(body: bytes, url: str) -> list[str]:
    (found,) = source_named(SOURCE).read(body, url).reports
    reading = found.reading
    return [*reading.blocks, *(block for each in reading.sections for block in each.blocks)]


def test_the_plan_is_the_same_at_every_call() -> None:
    assert make_plan() == make_plan()


def test_the_plan_has_what_a_watch_must_stand() -> None:
    plan = make_plan()
    assert len(plan.edits) == 20
    assert {each.kind for each in plan.edits} == set(Kind)
    assert set(plan.troubles.values()) == set(Trouble)
    assert len({round_ for round_, _ in plan.troubles}) == plan.rounds // 3
    assert any((each.round, each.page) in plan.troubles for each in plan.edits)
    assert all(0 < each.round < plan.rounds for each in plan.edits)


def test_no_trouble_lasts_into_the_next_round() -> None:
    plan = make_plan()
    assert len(plan.troubles) == 50
    assert not [cell for cell in plan.troubles if (cell[0] + 1, cell[1]) in plan.troubles]


def test_every_page_is_modified_on_the_third_of_january_and_no_word_changes() -> None:
    plan = make_plan()
    assert day_of(TOUCHED).date().isoformat() == "2025-01-03"
    moved = [plan.modified(page, TOUCHED).date() for page in range(60)]
    assert set(moved) == {day_of(TOUCHED).date()}
    assert len(plan.edits) == 20
    assert not [each for each in plan.edits if each.round == TOUCHED]


def test_an_edit_moves_the_date_of_its_page_alone() -> None:
    plan = Plan(3, (Edit(2, 1, Kind.SECTION_WORD),), {})
    for page, is_moved in ((0, False), (1, True)):
        assert (plan.modified(page, 2) != plan.modified(page, 1)) is is_moved
    assert plan.modified(1, 2) == plan.modified(1, 3)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.slow
def test_an_edit_changes_one_block_of_the_report(pages: PageSet, kind: Kind) -> None:
    report = pages.reports[0]
    before = _words(report.page(), report.url)
    after = _words(edited(report.page(), Edit(1, 0, kind), 7), report.url)
    pairs = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(pairs) == 1
    assert "quabrawick" in pairs[0][1].casefold()


@pytest.mark.slow
def test_each_edit_brings_a_word_of_its_own(pages: PageSet) -> None:
    body, edit = pages.reports[0].page(), Edit(1, 0, Kind.SUMMARY_WORD)
    assert len({edited(body, edit, number) for number in range(20)}) == 20


@pytest.mark.parametrize("frame", Frame)
@pytest.mark.slow
def test_what_changes_around_a_report_leaves_it_as_it_was(pages: PageSet, frame: Frame) -> None:
    source, report = source_named(SOURCE), pages.reports[0]
    changed = framed(report.page(), frame, 3)
    assert changed != report.page()
    assert source.region(changed) == source.region(report.page())


@pytest.mark.slow
def test_all_ports_show_the_same_words_and_troubles_in_a_round(served: Replica) -> None:
    source = source_named(SOURCE)
    assert (len(served.paths), len(served.origins)) == (PAGES, 2)
    for round_ in range(ROUNDS + 1):
        for path in served.paths:
            seen = []
            for origin in served.origins:
                _move(origin, round_)
                status, body, _ = _answer(origin + path)
                seen.append((status, source.region(body) or body))
            assert seen[0] == seen[1]


@pytest.mark.slow
def test_the_noise_around_a_report_differs_at_every_request(served: Replica) -> None:
    origin = served.origins[0]
    _move(origin, 0)
    first, second = (_answer(origin + served.paths[0])[1] for _ in range(2))
    assert first != second
    assert source_named(SOURCE).region(first) == source_named(SOURCE).region(second)


def _shown(stage: Stage, pages: PageSet, round_: int, page: int) -> Reply:
    stage.reply(f"{ROUND_PATH}{round_}", "", "")
    return stage.reply(pages.reports[page].path, "", "")


@pytest.mark.slow
def test_an_edit_behind_a_trouble_is_there_in_the_next_round(stage: Stage, pages: PageSet) -> None:
    plan, source = make_plan(), source_named(SOURCE)
    hidden = [each for each in plan.edits if (each.round, each.page) in plan.troubles]
    assert hidden
    for edit in hidden:
        shown = [_shown(stage, pages, edit.round + step, edit.page) for step in (-1, 0, 1)]
        before, behind, after = (source.region(each.body) for each in shown)
        assert before
        assert not behind
        assert after not in (b"", before)


@pytest.mark.parametrize(
    ("trouble", "status", "header"),
    [
        (Trouble.DIFFICULTIES, 200, {}),
        (Trouble.FORBIDDEN, 403, {}),
        (Trouble.TOO_MANY, 429, {"Retry-After": "1"}),
        (Trouble.UNAVAILABLE, 503, {}),
        (Trouble.HOME, 302, {"Location": "/"}),
        (Trouble.EMPTY, 200, {}),
    ],
)
@pytest.mark.slow
def test_a_page_in_trouble_answers_so(
    stage: Stage, pages: PageSet, trouble: Trouble, status: int, header: dict[str, str]
) -> None:
    cells = [cell for cell, each in make_plan().troubles.items() if each is trouble]
    assert 8 <= len(cells) <= 9  # fifty troubles of six kinds
    for round_, page in cells:
        reply = _shown(stage, pages, round_, page)
        assert reply.status == status
        assert reply.headers == header
        assert (reply.body == b"") is (trouble in (Trouble.EMPTY, Trouble.HOME))


@pytest.mark.slow
def test_listings_and_rest_and_maps_are_there_in_every_round(served: Replica) -> None:
    origin = served.origins[0]
    source = source_named(SOURCE)
    assert len(served.editions) == 2
    for round_ in (0, ROUNDS):
        _move(origin, round_)
        for edition in served.editions:
            path = source.index_url(edition).removeprefix("https://www.state.gov")
            assert source.read_index(_answer(origin + path)[1], edition)
        posts = json.loads(_answer(f"{origin}/wp-json/wp/v2/state_report?per_page=100")[1])
        links = [post["link"].removeprefix("https://www.state.gov") for post in posts]
        assert set(served.paths) < set(links)  # other families' reports are among them
        assert b"<loc>" in _answer(f"{origin}/state_report-sitemap.xml")[1]
        assert _answer(f"{origin}/robots.txt")[0] == 200
        assert _answer(f"{origin}/nowhere/")[0] == 404


@pytest.mark.slow
def test_requests_and_bytes_are_counted_for_each_port_and_steering_is_not(served: Replica) -> None:
    before = [counted(origin) for origin in served.origins]
    _move(served.origins[0], 0)
    body = _answer(served.origins[0] + "/robots.txt")[1]
    after = [counted(origin) for origin in served.origins]
    assert after[0]["requests"] - before[0]["requests"] == 1
    assert after[0]["bytes"] - before[0]["bytes"] == len(body)
    assert after[1] == before[1]


PATHS = ("/a/", "/b/")
EDITED = Edit(1, 0, Kind.SUMMARY_WORD)


@pytest.mark.parametrize(
    ("changed", "troubles", "found", "false"),
    [
        ([[], ["/a/"], [], []], {}, 1, 0),
        ([[], [], ["/a/"], []], {}, 1, 0),
        ([[], [], [], ["/a/"]], {}, 0, 1),
        ([[], ["/b/"], [], []], {}, 0, 1),
        ([["/a/"], ["/a/"], ["/a/"], []], {}, 1, 2),
        ([[], ["/a/", "/a/"], [], []], {}, 1, 1),
        ([[], ["/a/"], ["/a/"], []], {(1, 0): Trouble.HOME}, 1, 1),
        ([[], [], [], ["/a/"]], {(1, 0): Trouble.HOME}, 1, 0),
        ([[], [""], [], []], {}, 0, 1),
        ([[], [], [], []], {}, 0, 0),
    ],
)
def test_a_change_told_is_an_edit_once_and_false_otherwise(
    changed: Sequence[list[str]],
    troubles: dict[tuple[int, int], Trouble],
    found: int,
    false: int,
) -> None:
    told = [Told(each, errors=1, cpu=0.5) for each in changed]
    asked = {"requests": 30, "bytes": 2_000_000}
    plan = Plan(3, (EDITED,), troubles)
    came = score(plan, PATHS, told, name=("it", "as it comes"), asked=asked)
    assert (came.found, came.missed, came.false) == (found, 1 - found, false)
    assert (came.errors, came.cpu, came.megabytes) == (4, 2.0, 2.0)
    assert came.requests_per_change == (30.0 if found else None)


def test_what_webchanges_prints_is_read(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "webchanges"
    program.parent.mkdir()
    told = (
        "CHANGED: Dorvania - Union (http://127.0.0.1:9/a/)",
        "CHANGED: http://127.0.0.1:9/b/",
        "ERROR,REPEATED: Dorvania (http://127.0.0.1:9/a/)",
        "NEW: Dorvania (http://127.0.0.1:9/a/)",
    )
    program.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in told))
    program.chmod(0o700)
    watcher = Webchanges(tmp_path, is_tuned=True)
    with watcher.watching(tmp_path / "home", "http://127.0.0.1:9", PATHS):
        seen = watcher.look()
    assert (seen.changed, seen.errors) == (["/a/", "/b/"], 1)
    assert (tmp_path / "home" / "jobs.yaml").read_text().count(".report__content") == len(PATHS)


@pytest.mark.slow
def test_a_program_that_breaks_down_is_said_and_left_out(served: Replica, tmp_path: Path) -> None:
    lines: list[str] = []
    assert not contest(served, [Webchanges(tmp_path, is_tuned=False)], tmp_path, lines.append)
    assert len(lines) == 1
    assert "webchanges, as it comes broke down" in lines[0]


def test_an_environment_that_is_up_to_date_is_not_made_again(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("")
    first = installed(tmp_path / "peers", requirements)
    stamp = (first / "installed").stat().st_mtime_ns
    assert installed(tmp_path / "peers", requirements) == first
    assert (first / "installed").stat().st_mtime_ns == stamp


def test_an_environment_that_cannot_be_made_fails_with_its_words(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("no such requirement\n")
    with pytest.raises(BenchFailed, match="no such requirement"):
        installed(tmp_path / "peers", requirements)


@pytest.mark.slow
def test_without_peers_the_product_is_measured_alone_and_finds_every_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> Path:
        raise BenchFailed("no package index")

    monkeypatch.setattr(peers, "installed", missing)
    monkeypatch.setattr(peers, "replica", lambda corpus: replica(corpus, *SMALL, ports=2))
    lines: list[str] = []
    told = beside_peers(None, tmp_path, lines.append)
    assert lines[0].endswith("so they are left out: no package index")
    assert [row["set_up"] for row in told["programs"]] == ["as it comes", "without hints"]
    for row in told["programs"]:
        assert (row["found"], row["missed"], row["false"]) == (told["edits"], 0, 0)
        assert row["requests"] > 0
    Console(width=WIDTH).print(peers_table(told))
    assert "Beside other watchers" in capsys.readouterr().out
