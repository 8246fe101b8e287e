"""The tutorial, run as its reader would: every command in order, in a fresh home folder."""

from __future__ import annotations

import re

import pytest
from doc_pages import ROOT
from walkthrough import Ran, differs, free_ports, shown, swapped, walk

TUTORIAL = ROOT / "docs" / "tutorial.md"
PORTS = ("8810", "8825", "8080")
HOME = "tutorial-data"
FEWEST_COMMANDS = 30
FEWEST_SHOWN = 10
EXITS = re.compile(r"# exits (\d)$")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    folder = tmp_path_factory.mktemp("tutorial")
    swaps = {HOME: str(folder / "home"), **dict(zip(PORTS, free_ports(len(PORTS)), strict=True))}
    with pytest.MonkeyPatch.context() as clean:
        for name in ("REPORTWATCH_HOME", "PREFECT_API_URL"):
            clean.delenv(name, raising=False)
        ran = walk(TUTORIAL, swaps, folder / "log")
    back = {other: word for word, other in swaps.items()}
    return [Ran(each.command, each.exit_code, swapped(each.printed, back)) for each in ran]


@pytest.mark.slow
def test_every_command_of_the_tutorial_ends_as_the_page_says(walked: list[Ran]) -> None:
    assert len(walked) >= FEWEST_COMMANDS
    wanted = [int(found[1]) if (found := EXITS.search(each.command)) else 0 for each in walked]
    wrong = [each for each, code in zip(walked, wanted, strict=True) if each.exit_code != code]
    assert wrong == []


@pytest.mark.slow
def test_output_that_the_tutorial_shows_is_what_was_printed(
    walked: list[Ran], subtests: pytest.Subtests
) -> None:
    blocks = shown(TUTORIAL)
    assert sum(bool(each.lines) for each in blocks) >= FEWEST_SHOWN
    ran = iter(walked)
    for block in blocks:
        done = [next(ran) for _ in range(block.commands)]
        with subtests.test(commands=[each.command for each in done]):
            printed = "\n".join(text for each in done if (text := each.printed.rstrip()))
            assert not block.lines or not differs(block.lines, printed)


SAID = (
    pytest.param(("a", "b"), "a\nb\n", True, id="the same lines"),
    pytest.param(("a",), "a\nb\n", False, id="a line more was printed"),
    pytest.param(("a", "c"), "a\nb\n", False, id="another line was printed"),
    pytest.param(("a", "…", "c"), "a\nb\nb\nc\n", True, id="lines are left out"),
    pytest.param(("a", "…"), "a\nb\n", True, id="the end is left out"),
    pytest.param(("…", "c"), "a\nb\n", False, id="what is to come later never comes"),
    pytest.param(("a long…",), "a long line\n", True, id="a line is cut"),
    pytest.param(("seen 2025-01-01 10:00",), "seen 2026-02-03 11:12", True, id="another time"),
    pytest.param(("run 1, 0.5 s",), "run 2, 0.7 s", False, id="another number"),
)


@pytest.mark.parametrize(("lines", "printed", "is_said"), SAID)
def test_output_is_compared_line_by_line(
    lines: tuple[str, ...], printed: str, is_said: bool
) -> None:
    assert (differs(lines, printed) == "") is is_said
