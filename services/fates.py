"""Follow a paragraph of a stored version through the versions after it."""

from __future__ import annotations

from dataclasses import dataclass

from reports.compare.excerpts import Rows
from reports.compare.following import Fate, follow
from reports.model.anchors import find_anchor
from reports.model.values import VersionView
from storage.unit import Unit

MOST_FOLLOWED = 20
"""So many later versions are laid over each other: the newest, if a report has more of them."""


@dataclass(frozen=True)
class Followed:
    """A paragraph and its fate; ``skipped`` later versions were not looked at."""

    text: int
    paragraph: int
    block: str
    fate: Fate
    skipped: int = 0


def follow_paragraph(unit: Unit, view: VersionView, anchor: str) -> Followed | None:
    """Return what became of a paragraph since; None if the version has none of that name.

    Versions with the words of the one before them are not read: nothing can have happened.
    """
    found = find_anchor(view.reading, anchor)
    excerpt = Rows(view.reading).paragraph(*found) if found else None
    if not found or not excerpt:
        return None
    history = list(reversed(unit.versions.history(view.report)))
    after = history[[row.number for row in history].index(view.number) + 1 :]
    kept = after[-MOST_FOLLOWED:]
    versions = [(view.number, view.reading)]
    for row in kept:
        reading = versions[-1][1]
        same = row.report_sha256 == reading.report_sha256
        later = None if same else unit.versions.get(view.report, row.number)
        versions.append((row.number, later.reading if later else reading))
    text, paragraph = found
    blocks = view.reading.sections[text - 1].blocks if text else view.reading.blocks
    fate = follow(excerpt, versions)
    return Followed(text, paragraph, blocks[paragraph - 1], fate, len(after) - len(kept))
