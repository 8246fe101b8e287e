"""The plan of the house against the tree: no room and no file is missing."""

from __future__ import annotations

import re

from doc_pages import ROOT

ROOMS = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## The house\n")[2]
HOUSE = ROOMS.partition("\n## ")[0]
FOLDERS = (
    "cli", "monitor", "deployments", "exhibits", "flows", "services", "documents", "scrapers",
    "storage", "alerts", "reports",
)  # fmt: skip
FEWEST_ROOMS = 50
FEWEST_FILES = 25


def _rooms() -> set[str]:
    """Return the folders with modules, but for what belongs to the database's own folder."""
    found = {
        file.parent.relative_to(ROOT) for each in FOLDERS for file in (ROOT / each).rglob("*.py")
    }
    return {f"{each}/" for each in found if each.parts[:2] != ("storage", "database")}


def test_every_room_has_its_line_in_the_plan() -> None:
    told = set(re.findall(r"^\| \**`([a-z_/]+/)`\** \|", HOUSE, re.M))
    rooms = _rooms() | {"storage/database/"}
    assert len(rooms) >= FEWEST_ROOMS
    assert told == rooms


def test_every_file_that_the_plan_names_is_there() -> None:
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.(?:py|toml|yaml))`", HOUSE)
    assert len(named) >= FEWEST_FILES
    assert [each for each in named if not (ROOT / each).is_file()] == []
