"""How the form of a report's page changed beside unchanged words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.wording.appearance import difference_line
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from reports.model.form import Appearance, FormDifference, SeenForm


class DifferenceDocument(JsonDocument):
    """One part of a page's form that differs: what it is, its name and value, what to say of it.

    ``part`` is link, picture, frame, table, list, raised, lowered or control, or order if the same
    parts stand in another order; readers must accept new ones.
    """

    part: str
    name_before: str
    name_after: str
    before: str
    after: str
    line: str

    @classmethod
    def of(cls, difference: FormDifference) -> Self:
        """Return one difference."""
        before, after = difference.before, difference.after
        return cls(
            part=difference.kind.value if difference.kind else "order",
            name_before=before.name if before else "",
            name_after=after.name if after else "",
            before=before.value if before else "",
            after=after.value if after else "",
            line=difference_line(difference),
        )


class SeenFormDocument(JsonDocument):
    """A page's form at one moment, and the stored bytes that show it."""

    form_sha256: str
    payload_sha256: str
    first_seen_at: Moment

    @classmethod
    def of(cls, seen: SeenForm) -> Self:
        """Return one side of a change."""
        return cls(
            form_sha256=seen.form_sha256,
            payload_sha256=seen.payload_sha256,
            first_seen_at=stamp(seen.seen_at),
        )


class AppearanceDocument(JsonDocument):
    """How the form of a report's page changed beside unchanged words.

    ``difference_count`` counts every difference, also those that are not listed.
    """

    differences: list[DifferenceDocument]
    difference_count: int
    before: SeenFormDocument
    after: SeenFormDocument

    @classmethod
    def of(cls, appearance: Appearance | None) -> Self | None:
        """Return a change's appearance; None for a change of another kind."""
        if appearance is None:
            return None
        return cls(
            differences=[DifferenceDocument.of(each) for each in appearance.differences],
            difference_count=appearance.difference_count,
            before=SeenFormDocument.of(appearance.before),
            after=SeenFormDocument.of(appearance.after),
        )
