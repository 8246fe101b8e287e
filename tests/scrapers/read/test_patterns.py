"""Patterns that every Python from 3.11 on reads alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scrapers.read import page

ROOT = Path(__file__).parents[3]
FOLDERS = ("reports", "scrapers", "storage", "alerts", "documents", "services", "flows", "monitor")
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)[*+?]\+")


def test_no_group_is_repeated_possessively() -> None:
    # Before Python 3.11.5 such a group misses what it should find (cpython#106052): every page was
    # unreadable with Debian 12's own Python. An atomic group, (?>(?:\u2026)*), says the same.
    files = [each for folder in FOLDERS for each in (ROOT / folder).rglob("*.py")]
    assert len(files) >= 300
    found = {
        f"{each.relative_to(ROOT)}:{number}": line
        for each in files
        for number, line in enumerate(each.read_text().splitlines(), 1)
        if POSSESSIVE_GROUP.search(line) and not line.lstrip().startswith("#")
    }
    assert found == {}


@pytest.mark.parametrize(
    "tag",
    [b'<div id="x" data-y=z class="c">', b"<div hidden class='c'>", b"<div a = b  class=c>"],
)
def test_a_class_behind_other_attributes_is_found(tag: bytes) -> None:
    found = page._CLASS.match(tag)
    assert found and b"c" in found.groups()
