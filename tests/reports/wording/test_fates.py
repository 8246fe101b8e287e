"""What became of an excerpt is said in one true sentence, and a line for each version."""

import pytest

from reports.compare.excerpts import Pinpoint, Rows
from reports.compare.following import follow
from reports.model.reading import Reading, Section
from reports.wording.fates import headline, told, where

LAW = "The law of the islands provides for an independent judiciary and free courts."
PRESS = "Police closed two newspapers in the harbour town and arrested their editors in May."
SIX = PRESS.replace("two", "six")


def reading(*blocks: str, others: tuple[str, ...] = (LAW,)) -> Reading:
    return Reading("", others, sections=(Section("2", "Liberty", blocks),))


CASES = [
    ((), "This is the latest version: nothing came after it.", []),
    ((reading(PRESS),), "Still there word for word in version 2, the latest.", []),
    ((reading(LAW, PRESS),),
     "Still there word for word in version 2, the latest, now at Section 2. Liberty, paragraph 2.",
     []),
    ((reading(others=(LAW, PRESS)),),
     "Still there word for word in version 2, the latest, now at Executive Summary, paragraph 2.",
     ["Version 2: moved to Executive Summary, paragraph 2."]),
    ((reading(SIX),), "Reworded: version 2, the latest, has it in other words.",
     ["Version 2: reworded."]),
    ((reading(SIX), reading(PRESS)), "There again word for word in version 3, the latest.",
     ["Version 2: reworded.", "Version 3: in the cited words again."]),
    ((reading(),), "Gone: it is not in version 2, the latest.", ["Version 2: gone."]),
    ((reading(), reading(PRESS)), "There again word for word in version 3, the latest.",
     ["Version 2: gone.", "Version 3: back, at Section 2. Liberty, paragraph 1."]),
    ((reading(*PRESS.split(" and ")), ), "Reworded: version 2, the latest, has it in other words, "
     "now at Section 2. Liberty, paragraphs 1 and 2.", ["Version 2: reworded; split: it stands in "
     "2 paragraphs."]),
]  # fmt: skip


@pytest.mark.parametrize(("later", "said", "lines"), CASES)
def test_a_fate_is_said_as_it_is(later: tuple[Reading, ...], said: str, lines: list[str]) -> None:
    first = reading(PRESS)
    excerpt = Rows(first).paragraph(1, 1)
    assert excerpt
    fate = follow(excerpt, tuple(enumerate((first, *later), 1)))
    assert headline(fate) == said
    assert [told(step, fate.cited) for step in fate.steps] == lines


def test_places_are_named_by_their_paragraphs() -> None:
    assert where(Pinpoint(1, "A", 0, 0)) == "A, the heading"
    assert where(Pinpoint(1, "A", 2, 4)) == "A, paragraphs 2 to 4"
