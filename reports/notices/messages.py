"""What is sent to whom: messages, and what they report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from reports.compare.diff import ReadingComparison, compare_readings
from reports.model.values import Change, ChangeKind, VersionView
from reports.notices.states import MessageKind
from reports.notices.subscription import Channel
from reports.notices.watched import NOTHING_WATCHED, ToldPassages


@dataclass(frozen=True)
class OutgoingChange:
    """A change with the versions a message shows: ``before`` and ``after`` (None if absent)."""

    change: Change
    before: VersionView | None
    after: VersionView | None

    @cached_property
    def compared(self) -> ReadingComparison | None:
        """The two versions laid over each other; None for a change that shows no words.

        Worked out once, however many readers are notified.
        """
        if self.change.kind not in _WITH_REDLINE or not (self.before and self.after):
            return None
        return compare_readings(self.before.reading, self.after.reading)


_WITH_REDLINE = (ChangeKind.EDITED, ChangeKind.RESTORED, ChangeKind.DIVERGED)


@dataclass(frozen=True)
class OutgoingMessage:
    """One message claimed for sending; ``message_id`` stays the same over every attempt.

    ``detail`` holds the facts of a message that reports no change; ``is_for_owner`` says that it
    goes to the owner of a webhook or chat room, not to that. ``secret`` signs what goes to a
    webhook. ``passages`` are what changes, by their ids, did to passages that its reader watches.
    """

    message_id: str
    address: str
    channel: Channel
    changes: tuple[OutgoingChange, ...]
    attempts: int
    is_mass: bool = False
    id: int = 0
    subscriber_id: int = 0
    created_at: datetime | None = field(default=None)
    kind: MessageKind = MessageKind.NEWS
    is_for_owner: bool = False
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    secret: str = field(default="", repr=False)
    passages: Mapping[int, ToldPassages] = field(default_factory=lambda: MappingProxyType({}))

    def told_of(self, change: Change) -> ToldPassages:
        """Return what is told of watched passages beside a change."""
        return self.passages.get(change.id, NOTHING_WATCHED)
