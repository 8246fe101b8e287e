"""A text without a name is decided by an operator in one line, or dismissed."""

from __future__ import annotations

from pathlib import Path

import pytest
from walk_stage import SOURCE, Watch

from services.history.import_pages import ImportRequest, import_saved
from services.history.review import Decided, Decision, decide, dismiss
from services.runs.run import BadRequest

PROSE = "The government of this country respected the rights of its people in most cases. " * 8


def bring(watch: Watch, folder: Path, name: str = "nameless.txt", prose: str = PROSE) -> int:
    """Import a text that names no country; return its number on the review list."""
    (folder / name).write_text(f"EXECUTIVE SUMMARY\n\n{prose}\n")
    import_saved(watch.parts, ImportRequest((folder / name,), SOURCE))
    return waiting(watch)[-1]


def waiting(watch: Watch) -> list[int]:
    with watch.parts.store.read() as unit:
        return [each.id for each in unit.reviews(SOURCE).open()]


def named(watch: Watch, number: int, country: str = "Gandoria", edition: str = "2021") -> Decided:
    return decide(watch.parts, Decision(number, country, edition))


def test_a_text_becomes_the_report_an_operator_names(each_watch: Watch, tmp_path: Path) -> None:
    each_watch.subscribe()
    done = named(each_watch, bring(each_watch, tmp_path))
    assert done.document.as_json()["report"] == f"{SOURCE}/2021/XAG"
    assert done.document.as_json()["outcome"] == "published"
    assert waiting(each_watch) == []
    assert each_watch.alerts() == []
    with each_watch.parts.store.read() as unit:
        latest = unit.versions.latest(done.report)
        run = unit.runs.latest(1)[0]
    assert latest.reading.blocks == (PROSE.strip(),)
    assert (run.trigger, run.state) == ("review", "done")


def test_a_text_of_a_report_already_held_is_another_place_of_it(
    watch: Watch, tmp_path: Path
) -> None:
    first = named(watch, bring(watch, tmp_path))
    with watch.parts.store.read() as unit:
        held = unit.versions.latest(first.report).reading.blocks
    second = bring(watch, tmp_path, "other.txt", PROSE + " And one more sentence, which differs.")
    done = named(watch, second)
    assert done.outcome.value in ("duplicate", "edited")
    assert waiting(watch) == []
    with watch.parts.store.read() as unit:
        assert unit.versions.all(first.report)[-1].reading.blocks == held


def test_a_dismissed_text_leaves_the_list_and_does_not_come_back(
    watch: Watch, tmp_path: Path
) -> None:
    number = bring(watch, tmp_path)
    assert dismiss(watch.parts, number).document.as_json()["outcome"] == "dismissed"
    assert waiting(watch) == []
    import_saved(watch.parts, ImportRequest((tmp_path / "nameless.txt",), SOURCE))
    assert waiting(watch) == []


def test_parts_of_one_page_without_summaries_wait_one_by_one(watch: Watch, tmp_path: Path) -> None:
    page = tmp_path / "sections.txt"
    parts = [
        f"{country}\n\nSection 1. Life\n\nIn {country} there were such reports as these."
        for country in ("Gandoria", "Belvaria")
    ]
    page.write_text("\n\n".join(parts))
    import_saved(watch.parts, ImportRequest((page,), SOURCE))
    first, second = waiting(watch)
    with pytest.raises(BadRequest, match="no executive summary"):
        named(watch, first)
    dismiss(watch.parts, first)
    assert waiting(watch) == [second]


@pytest.mark.parametrize(
    ("country", "edition", "why"),
    [
        ("Atlantis", "2021", "'Atlantis' is no country known"),
        ("", "2021", "name it with --country"),
        ("Gandoria", "", "name it with --edition"),
    ],
)
def test_a_decision_that_names_nothing_known_changes_nothing(
    watch: Watch, tmp_path: Path, country: str, edition: str, why: str
) -> None:
    number = bring(watch, tmp_path)
    with pytest.raises(BadRequest, match=why):
        named(watch, number, country, edition)
    assert waiting(watch) == [number]


def test_what_was_decided_is_not_decided_again(watch: Watch, tmp_path: Path) -> None:
    number = bring(watch, tmp_path)
    named(watch, number)
    with pytest.raises(BadRequest, match="resolved already"):
        named(watch, number, edition="2020")
    with pytest.raises(BadRequest, match="there is no review 99"):
        dismiss(watch.parts, 99)
