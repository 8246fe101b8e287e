"""The documentation as tests see it: pages, sections, tables, code blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = ROOT / "docs" / "commands.md"
COMMAND_PAGES = sorted((ROOT / "docs" / "commands").glob("*.md"))
OPERATIONS = ROOT / "docs" / "operations"
SETTINGS, MONITOR = OPERATIONS / "settings.md", OPERATIONS / "monitor.md"
ALARMS, FRESHNESS = OPERATIONS / "alarms.md", OPERATIONS / "freshness.md"

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, its language and its text."""

    page: str
    language: str
    text: str


def page_name(path: Path) -> str:
    """Return a page's path within the project."""
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", path.read_text("utf-8"))


def blocks(path: Path, language: str) -> list[Block]:
    found = _FENCE.findall(path.read_text("utf-8"))
    return [Block(page_name(path), name, text) for name, text in found if name == language]


def codes(text: str) -> list[str]:
    """Return what stands between back-ticks."""
    return _CODE.findall(text)


def links(path: Path) -> list[str]:
    return _LINK.findall(prose(path))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, made as code hosts make them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(path)))
    return {heading.replace(" ", "-") for heading in plain}


def sections(path: Path) -> dict[str, str]:
    """Return a page's second-level sections, fenced blocks included."""
    _, *parts = re.split(r"^## (.+)$", path.read_text("utf-8"), flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def command_sections() -> dict[str, str]:
    """Return the sections of every command, from the pages that describe them."""
    found = [item for page in COMMAND_PAGES for item in sections(page).items()]
    assert len(found) == len(dict(found)), "a command is described twice"
    return dict(found)


def rows(text: str) -> list[list[str]]:
    """Return the cells of a section's table rows, heading and rule left out.

    A row that would be too long goes on in the next one, whose first cell is empty, or goes on
    after "…".
    """
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)", line.strip()[1:-1])]
            if found and (not cells[0] or cells[0].startswith("… ")):
                more = [cells[0].removeprefix("… "), *cells[1:]]
                found[-1] = [" ".join(each).strip() for each in zip(found[-1], more, strict=True)]
            else:
                found.append(cells)
    return [row for row in found if "`" in row[0]]
