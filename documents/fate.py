"""What became of a paragraph of a version in the versions after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument
from reports.wording.fates import headline, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.compare.excerpts import Pinpoint
    from reports.compare.following import Fate, Step
    from reports.model.values import VersionView


class PinpointDocument(JsonDocument):
    """Where words stand: ``section`` is 0 for the summary, else counted from 1; a heading is 0."""

    section: int
    name: str
    first_paragraph: int
    last_paragraph: int

    @classmethod
    def of(cls, pinpoint: Pinpoint) -> Self:
        """Return a place."""
        return cls(
            section=pinpoint.text,
            name=pinpoint.name,
            first_paragraph=pinpoint.first,
            last_paragraph=pinpoint.last,
        )


class StepDocument(JsonDocument):
    """What happened in one version, and the words since; none if they are gone."""

    version: int
    happened: list[str]
    said: str
    blocks: list[str]
    place: PinpointDocument | None

    @classmethod
    def of(cls, step: Step, cited: Sequence[str]) -> Self:
        """Return one step."""
        return cls(
            version=step.number,
            happened=[each.value for each in step.happened],
            said=told(step, cited),
            blocks=list(step.blocks),
            place=PinpointDocument.of(step.pinpoint) if step.pinpoint else None,
        )


class FateDocument(JsonDocument):
    """What became of a cited paragraph.

    ``state`` is ``verbatim``, ``reworded`` or ``gone`` in version ``last_version``; ``place`` and
    ``blocks`` are where and how it stands there. ``elsewhere`` are other places of the same words.
    ``report_state`` is ``removed`` if the publisher has taken the report away. ``skipped`` later
    versions were too many to look at.
    """

    report: str
    version: int
    anchor: str
    cited: list[str]
    origin: PinpointDocument
    last_version: int
    state: str
    said: str
    place: PinpointDocument | None
    blocks: list[str]
    steps: list[StepDocument]
    elsewhere: list[PinpointDocument]
    report_state: str
    skipped: int

    @classmethod
    def of(
        cls, view: VersionView, anchor: str, fate: Fate, report_state: str, skipped: int
    ) -> Self:
        """Return what became of a paragraph of a version."""
        kept = "verbatim" if fate.is_verbatim else "reworded"
        return cls(
            report=str(view.report),
            version=view.number,
            anchor=anchor,
            cited=list(fate.cited),
            origin=PinpointDocument.of(fate.origin),
            last_version=fate.last,
            state="gone" if fate.is_gone else kept,
            said=headline(fate),
            place=PinpointDocument.of(fate.pinpoint) if fate.pinpoint else None,
            blocks=list(fate.blocks),
            steps=[StepDocument.of(each, fate.cited) for each in fate.steps],
            elsewhere=[PinpointDocument.of(each) for each in fate.elsewhere],
            report_state=report_state,
            skipped=skipped,
        )
