"""Broken pages, two hundred in the suite and two thousand in the slow tier:
each comes to an outcome, none to a version of chrome or of nothing.

``make fuzz`` breaks a hundred thousand. A fault is shown again by its number:
``.venv/bin/python -m bench.fuzz --only NUMBER --keep FOLDER`` (with ``--own`` for own pages).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import pytest

from bench.fuzz.__main__ import main
from bench.fuzz.mutations import CUTTING, HTML, MUTATIONS, Broken, Mutant, chosen_for, mutant
from bench.fuzz.oracle import SLOW, VERSION, Look, look
from bench.fuzz.seeds import EXAMPLES, Seed, Seeds, letters, own_seed
from bench.fuzz.tally import Tally, work_through
from bench.quality.pages import corpus_folder
from reports.watch.outcome import Outcome

CORPUS = corpus_folder()
OWN_PAGES = 1_700
REAL_PAGES = 300
SHARE = 100
MEMORY_MB = 150
"""What the run may add to the process: what it keeps of the seeds, and the largest page."""
PLAIN = own_seed("us-state-hrr", EXAMPLES / "us-state-hrr" / "plain-2021.html")


def shares(count: int) -> list[Any]:
    """Return the numbers in shares; all but the first are for the slow tier."""
    found = [range(at, at + SHARE) for at in range(0, count, SHARE)]
    return found[:1] + [pytest.param(each, marks=pytest.mark.slow) for each in found[1:]]


@pytest.mark.parametrize("numbers", shares(OWN_PAGES), ids=str)
def test_broken_example_pages_come_to_an_outcome_and_no_false_version(numbers: range) -> None:
    check(numbers, None)


@pytest.mark.skipif(CORPUS is None, reason="no real pages; set REPORTWATCH_CORPUS to their folder")
@pytest.mark.parametrize("numbers", shares(REAL_PAGES), ids=str)
def test_broken_real_pages_come_to_an_outcome_and_no_false_version(numbers: range) -> None:
    check(numbers, CORPUS)


def check(numbers: range, corpus: Path | None) -> None:
    tally, memory = Tally(), peak_mb()
    tally.add(work_through(numbers, corpus))
    assert [told for told in tally.told() if f": {SLOW}: " not in told] == []
    assert sum(tally.outcomes.values()) == len(numbers)
    assert set(tally.outcomes) <= {VERSION, *(outcome.value for outcome in Outcome)}
    assert peak_mb() - memory < MEMORY_MB


def peak_mb() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def test_a_number_stands_for_one_broken_page() -> None:
    seeds = Seeds(None)
    assert mutant(7, seeds).page.body == mutant(7, Seeds(None)).page.body
    assert len({mutant(number, seeds).page.body for number in range(50)}) > 45


def test_every_mutation_is_met_within_the_suite() -> None:
    met = {each.name for number in range(OWN_PAGES) for each in chosen_for(number)}
    assert met == set(MUTATIONS)


def test_an_unbroken_page_has_no_fault() -> None:
    seen = looked()
    assert (seen.outcome, seen.faults) == (VERSION, ())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"The island has", b"Skip to content Reports About us Newsroom</p><p>It has", "chrome as"),
        (b"<p>The harbour office", b"<p>Skip to content</p><p>The harbour office", "chrome as"),
        (b"2021 Country Reports on Human Rights Practices: Iceland", b"Malta", "misnamed"),
    ],
)
def test_the_oracle_sees_a_false_version(old: bytes, new: bytes, fault: str) -> None:
    body = PLAIN.body.replace(old, new).replace(b'bc_current">Iceland', b'bc_current">Malta')
    assert body != PLAIN.body
    assert any(told.startswith(fault) for told in looked(body).faults)


def test_the_oracle_sees_words_that_went_under_a_harmless_mutation() -> None:
    body = PLAIN.body.replace(b"two harbours", b"harbours")
    assert looked(body).faults == ()
    [told] = looked(body, "upper_case_tags").faults
    assert told.startswith("harmless but altered")


def test_the_oracle_sees_a_cut_page_that_was_accepted() -> None:
    at = PLAIN.body.index(b"<!-- Sidebar -->")
    whole_but_short = PLAIN.body.replace(b"Ferries ran on time on most days.", b"")
    [told] = looked(whole_but_short, CUTTING, uncut=PLAIN.body).faults
    assert told.startswith("truncated but accepted")
    assert looked(PLAIN.body[:at], CUTTING, uncut=PLAIN.body).faults == ()


def looked(body: bytes = PLAIN.body, name: str = "write_words", uncut: bytes | None = None) -> Look:
    page = Broken(body, HTML, (PLAIN,))
    return look(Mutant(0, page, (MUTATIONS[name],), uncut))


def test_a_source_that_raises_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("it broke")

    monkeypatch.setattr(type(PLAIN.source), "region", fail)
    seen = looked(PLAIN.body)
    assert seen.outcome == "exception"
    assert "it broke" in seen.faults[0]


def test_a_seed_tells_the_reports_words_from_what_stands_around_them() -> None:
    assert letters("two harbours") in PLAIN.region_letters
    assert letters("Skip to content") in PLAIN.chrome
    assert not any(text in PLAIN.region_letters for text in PLAIN.chrome)
    other = replace(PLAIN, body=b"<p>Loose text</p>")
    assert isinstance(other, Seed)
    assert other.region_letters == ""


def test_the_command_breaks_pages_and_tells_what_came_of_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--own", "--count", "4", "--processes", "1"]) == 0
    assert "judging and reading" in capsys.readouterr().out
    assert main(["--own", "--only", "3", "--keep", str(tmp_path)]) == 0
    assert (tmp_path / "3.html").read_bytes() == mutant(3, Seeds(None)).page.body
