"""The shape of the pages: none is too long to be read, and no line is too long to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from doc_pages import PAGES, ROOT, rows

MOST_LINES = 250
WIDEST = 140
FEWEST_PAGES = 20
LEFT_TO_GROW = {ROOT / name for name in ("README.md", "CHANGELOG.md")}


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_no_page_is_longer_than_a_reader_takes_in() -> None:
    lengths = {path: len(_lines(path)) for path in PAGES if path not in LEFT_TO_GROW}
    assert len(lengths) >= FEWEST_PAGES
    longest = max(lengths, key=lengths.__getitem__)
    print(f"longest page: {longest.relative_to(ROOT)}, {lengths[longest]} lines")  # noqa: T201
    assert {path.name: count for path, count in lengths.items() if count > MOST_LINES} == {}


def test_no_line_is_wider_than_a_screen() -> None:
    widths = {
        f"{path.relative_to(ROOT)}:{number}": len(line)
        for path in PAGES
        for number, line in enumerate(_lines(path), start=1)
    }
    assert len(widths) >= FEWEST_PAGES * 10
    widest = max(widths, key=widths.__getitem__)
    print(f"widest line: {widest}, {widths[widest]} characters")  # noqa: T201
    assert {where: width for where, width in widths.items() if width > WIDEST} == {}


ROWS = (
    pytest.param("| `a` | b |", [["`a`", "b"]], id="one row"),
    pytest.param("| `a` | b |\n| | c |", [["`a`", "b c"]], id="a row that goes on"),
    pytest.param("| `a` | b |\n| … d | c |", [["`a` d", "b c"]], id="both cells go on"),
    pytest.param("| a | b |\n|---|---|\n| `c` | d |", [["`c`", "d"]], id="heading and rule"),
    pytest.param("| `a` | b | c |\n| | | d |", [["`a`", "b", "c d"]], id="the last cell goes on"),
    pytest.param("| `a` | b |\n| | |", [["`a`", "b"]], id="nothing more"),
)


@pytest.mark.parametrize(("text", "cells"), ROWS)
def test_rows_of_a_table_are_put_together(text: str, cells: list[list[str]]) -> None:
    assert rows(text) == cells
