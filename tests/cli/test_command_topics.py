"""The command that shows which topics left the issue lists of whole editions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command import reportwatch
from topic_stage import REVISION, SOURCE, countries, hold, naming

from cli.output.topics_text import BARS, NONE
from storage.store import Store, open_store

OURS = ("topics", "--source", SOURCE)


@pytest.fixture
def store(blank: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{blank.absolute() / 'reportwatch.sqlite'}", blank)
    hold(opened, "2022", {**naming(16, 20), "XYA": [], "XYB": None})
    hold(opened, "2023", naming(12, 20))
    hold(opened, "2024", naming(0, 20, other="privacy"))
    yield opened
    opened.close()


def line_of(out: str, start: str) -> list[str]:
    (line,) = [each for each in out.splitlines() if each.startswith(start)]
    return line.removeprefix(start).split()


@pytest.mark.usefixtures("store")
def test_one_screen_says_what_left_what_is_new_and_how_much() -> None:
    ran = reportwatch(*OURS)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines if line.endswith(NONE)) <= 100
    assert "2023 against 2024: 20 reports stored in both." in lines[0]
    gone = line_of(ran.out, "Corruption and lack of transparency")
    assert gone == ["12", "60", "%", "0", "12", "→", "0", f"{BARS[6]}{BARS[4]}{NONE}"]
    assert "Left the issue lists (2)" in ran.out
    assert "New in the issue lists (1)" in ran.out
    assert "Absence of reporting is not evidence of absence." in ran.out


def test_reports_that_an_older_reader_read_are_to_be_read_again(store: Store) -> None:
    with store.write() as unit:
        for table in ("report_topic", "report_facts"):
            unit._connection.exec_driver_sql(f"DELETE FROM {table}")
        unit.commit()
    out = reportwatch(*OURS).out
    assert "stored, not read by this reader yet: `reportwatch reread sample-hrr`" in out


@pytest.mark.usefixtures("store")
def test_the_table_has_every_topic_by_group_and_what_stands_beside() -> None:
    out = reportwatch(*OURS, "--table").out
    assert "Political rights" in out
    table = out[out.index("Political rights") :]
    corruption = line_of(table, "Corruption and lack of transparency")
    assert corruption == ["16", "80", "%", "12", "60", "%", NONE, f"{BARS[6]}{BARS[4]}{NONE}"]
    assert line_of(out, "reports read") == ["22", "20", "20"]
    assert line_of(out, "saying there was nothing to report") == ["1", "0", "0"]
    assert line_of(out, "with a list that could not be read") == ["1", "0", "0"]


def test_lists_that_were_not_read_whole_stand_beside_the_figures(store: Store) -> None:
    hold(store, "2024", {"X00+": ["corruption"], "X01+": ["privacy"]})
    out = reportwatch(*OURS, "--table").out
    assert "2024: 18 issue lists in 20 reports, 0 with nothing to report, 2 lists not" in out
    assert "A list that was not read whole counts for the topics it names, and against none." in (
        " ".join(out.split())
    )
    assert line_of(out, "with a list that was not read whole") == ["0", "0", "2"]
    table = out[out.index("Political rights") :]
    corruption = line_of(table, "Corruption and lack of transparency")
    assert corruption[:7] == ["16", "80", "%", "12", "60", "%", "1"]
    document = reportwatch(*OURS, "--json").document
    assert document["vanished"] == [each for each in document["vanished"] if each["named_by"]]
    assert "corruption" not in {each["topic"] for each in document["vanished"]}
    (compared,) = document["comparisons"]
    assert compared["partial_lists"] == [f"{SOURCE}/2024/X00", f"{SOURCE}/2024/X01"]


@pytest.mark.usefixtures("store")
def test_editions_named_are_compared_in_their_order() -> None:
    ran = reportwatch(*OURS, "--edition", 2024, "--edition", 2022, "--edition", 2023)
    first, second = ran.out.index("2022 against 2023"), ran.out.index("2023 against 2024")
    assert first < second
    document = reportwatch(*OURS, "--edition", 2023, "--json").document
    (compared,) = document["comparisons"]
    assert (compared["from_edition"], compared["to_edition"]) == ("2022", "2023")
    assert [each["edition"] for each in document["editions"]] == ["2022", "2023"]


@pytest.mark.usefixtures("store")
def test_the_document_has_figures_rights_and_who_named_a_topic() -> None:
    document = reportwatch(*OURS, "--json").document
    (topic,) = [each for each in document["topics"] if each["topic"] == "corruption"]
    assert topic["rights"][0] == {"instrument": "udhr", "articles": [21]}
    assert [each["reports"] for each in topic["editions"]] == [16, 12, 0]
    assert topic["editions"][1] == {"edition": "2023", "reports": 12, "lists": 20, "share": 0.6}
    gone = {each["topic"]: each for each in document["vanished"]}
    assert gone["corruption"]["named_by"] == [f"{SOURCE}/2023/{each}" for each in countries(12)]
    assert [each["topic"] for each in document["new"]] == ["privacy"]
    assert document["notice"] == "Absence of reporting is not evidence of absence."


@pytest.mark.parametrize(("name", "start"), [("t.svg", b"<svg "), ("T.PNG", b"\x89PNG")])
@pytest.mark.usefixtures("store")
def test_a_chart_is_drawn_into_a_file(name: str, start: bytes) -> None:
    ran = reportwatch(*OURS, "--chart", name, "--json")
    assert ran.code == 0
    assert ran.document["source"] == SOURCE
    assert f"the chart is in {name}" in ran.err
    assert Path(name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--chart", "t.gif"), 2, "neither .svg nor .png"),
        (("--edition", "2031"), 1, "stored are 2022, 2023, 2024"),
        (("--country", "Atlantis"), 1, "no country known"),
        (("--chart", "no/such/folder/t.svg"), 1, "No such file or directory"),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_cannot_be_done_is_refused_in_one_line(
    arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = reportwatch(*OURS, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_nothing_held_is_said_with_what_to_do(blank: Path) -> None:
    assert "reportwatch ingest" in reportwatch(*OURS).out
    refused = reportwatch(*OURS, "--chart", "t.svg")
    assert (refused.code, list(blank.parent.iterdir())) == (1, [blank.absolute()])
    assert reportwatch(*OURS, "--json").document["editions"] == []


def test_reports_that_this_reader_has_not_read_are_said(store: Store) -> None:
    hold(store, "2024", naming(1, 3, topic="religion"), revision=REVISION - 1)
    hold(store, "2025", naming(1, 20), revision=REVISION - 1)
    assert "20 reports of 2025 not read by this reader yet: `reportwatch reread`" in (
        reportwatch(*OURS).out
    )


def test_editions_too_different_are_compared_by_the_reports_in_both(store: Store) -> None:
    hold(store, "2025", naming(2, 4))
    out = reportwatch(*OURS).out
    assert "Too few reports are in both to compare the editions" in out
    assert "There are few lists" in out
