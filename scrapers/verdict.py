"""What the gate says of an answer: a page to be read, or an outcome of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.watch.outcome import Outcome


@dataclass(frozen=True)
class Verdict:
    """What a response is: ``outcome`` is None for a page to be read, and ``reason`` then empty.

    ``region`` are the bytes that carry the report, found while judging (``Source.region``).
    """

    outcome: Outcome | None
    reason: str = ""
    region: bytes = field(default=b"", repr=False, compare=False)


TRUNCATED = Verdict(Outcome.UNREADABLE, "truncated: the page stops before its end")
