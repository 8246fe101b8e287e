"""What people see of a report's page that is no word: its form, and how two forms differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any


class FormKind(StrEnum):
    """What a part of a page's form is."""

    LINK = "link"  # by its words, and where it leads to
    PICTURE = "picture"  # by its alternative text, and its address
    FRAME = "frame"  # a page, player or file shown inside the page, by its address
    TABLE = "table"  # by its first words, and its rows' cells
    LIST = "list"  # a numbered one, by its first words, and how it is numbered
    RAISED = "raised"  # by the words before it, and its own
    LOWERED = "lowered"
    CONTROL = "control"  # a button, a form or a drawing, by its element, and the text it shows


@dataclass(frozen=True, order=True)
class FormPart:
    """One part of a page's form: what people would call it, and what they see or get of it."""

    kind: FormKind
    name: str
    value: str

    def as_row(self) -> list[str]:
        """Return the part as a list of texts."""
        return [self.kind.value, self.name, self.value]

    @classmethod
    def of(cls, row: Sequence[str]) -> FormPart:
        """Read back what ``as_row`` gave."""
        kind, name, value = row
        return cls(FormKind(kind), name, value)


@dataclass(frozen=True)
class Form:
    """The parts of a page's form in document order."""

    parts: tuple[FormPart, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The hash that decides whether two forms differ, in hex."""
        digest = hashlib.sha256()
        for row in self.as_rows():
            digest.update("\x1f".join(row).encode("utf-8", "replace") + b"\x1e")
        return digest.hexdigest()

    def as_rows(self) -> list[list[str]]:
        """Return the parts as lists of texts."""
        return [part.as_row() for part in self.parts]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Form:
        """Read back what ``as_rows`` gave."""
        return cls(tuple(map(FormPart.of, rows)))


@dataclass(frozen=True)
class FormDifference:
    """One part that differs between two forms; None on the side that does not have it.

    If both are None, the same parts stand in another order.
    """

    before: FormPart | None
    after: FormPart | None

    @property
    def kind(self) -> FormKind | None:
        """What the part is; None if only the order of parts differs."""
        part = self.after or self.before
        return part.kind if part else None


@dataclass(frozen=True)
class SeenForm:
    """A form at one moment: its hash, and the stored payload that shows it."""

    form_sha256: str
    payload_sha256: str
    seen_at: datetime


@dataclass(frozen=True)
class Appearance:
    """How a page's form changed beside unchanged words.

    ``difference_count`` counts every difference; ``differences`` are the first of them.
    ``is_shared`` says that other pages differ alike, so that it is held as the template's change.
    """

    before: SeenForm
    after: SeenForm
    differences: tuple[FormDifference, ...]
    difference_count: int
    is_shared: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as a document for storing."""
        return {
            "before": _seen_json(self.before),
            "after": _seen_json(self.after),
            "differences": [
                [part.as_row() if part else None for part in (each.before, each.after)]
                for each in self.differences
            ],
            "difference_count": self.difference_count,
            "is_shared": self.is_shared,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Appearance:
        """Read back what ``as_json`` gave."""
        return cls(
            _seen(document["before"]),
            _seen(document["after"]),
            tuple(_differences(document["differences"])),
            document["difference_count"],
            document["is_shared"],
        )


def _seen_json(seen: SeenForm) -> dict[str, str]:
    return {
        "form_sha256": seen.form_sha256,
        "payload_sha256": seen.payload_sha256,
        "seen_at": seen.seen_at.isoformat(),
    }


def _seen(document: Mapping[str, str]) -> SeenForm:
    seen_at = datetime.fromisoformat(document["seen_at"])
    return SeenForm(document["form_sha256"], document["payload_sha256"], seen_at)


def _differences(pairs: Sequence[Sequence[list[str] | None]]) -> Iterator[FormDifference]:
    for pair in pairs:
        yield FormDifference(*(FormPart.of(row) if row else None for row in pair))
