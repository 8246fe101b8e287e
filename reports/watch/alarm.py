"""What an operator should see to: a finding as it is made, an alarm as it is kept until cleared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_EXAMPLES = 5
"""Examples kept of what an alarm is about; its text has the full count."""


class AlarmKind(StrEnum):
    """What an alarm is about. Readers of it must accept new kinds."""

    HELD_BACK = "held_back"  # pages whose reading was not taken: the reader's failure, it seems
    DRIFT_SUMMARY = "drift_summary"  # too few pages of an edition have a summary
    DRIFT_ISSUES = "drift_issues"  # too few reports of an edition have a list that could be read
    DRIFT_LENGTH = "drift_length"  # an edition's summaries are much shorter or longer than the last
    DRIFT_OUTLINE = "drift_outline"  # reports that had sections have none
    DRIFT_SHAPE = "drift_shape"  # pages with markup never seen before
    PARTIAL_LISTS = "partial_lists"  # issue lists that were not read whole
    CONTRADICTED = "contradicted"  # many pages contradict their address or listing, or name nothing
    MASS_REMOVAL = "mass_removal"  # many reports missing at once: nobody is notified before review
    EMPTY_PAGES = "empty_pages"  # pages that stand there without their report's text
    FLAPPING = "flapping"  # texts that go to and fro
    FRESHNESS = "freshness"  # a source was not read well within the hours promised
    LISTING_FLOOR = "listing_floor"  # an edition's listing could not be read, or not whole
    RUN_BLOCKED = "run_blocked"  # the last run of a source came to nothing
    UNSEEN_PAGES = "unseen_pages"  # many pages are looked at and not seen, or an edition's all
    SCHEDULER = "scheduler"  # what starts runs and checks has stopped
    ATTEND = "attend"  # nobody closes dead runs and delivers at once beside the workers
    DEAD_LETTERS = "dead_letters"  # messages that were given up
    SET_ASIDE = "set_aside"  # addresses that did not take what was sent to them
    EMPTY_MESSAGE = "empty_message"  # messages that would have shown no difference
    NEWS_HELD = "news_held"  # nobody is sent news before an operator says so
    OVERDUE = "overdue"  # messages wait, and nobody sends them
    CANARY = "canary"  # a canary did not arrive
    BACKUP = "backup"  # the last backup that was due could not be made
    TRANSPARENCY = "transparency"  # the log is not signed, or lacks signatures of others


DRIFT_KINDS = (
    AlarmKind.HELD_BACK,
    AlarmKind.DRIFT_SUMMARY,
    AlarmKind.DRIFT_ISSUES,
    AlarmKind.DRIFT_LENGTH,
    AlarmKind.DRIFT_OUTLINE,
    AlarmKind.DRIFT_SHAPE,
    AlarmKind.PARTIAL_LISTS,
)
"""What a run finds and clears: how the pages of its source read."""

ANOMALY_KINDS = (
    AlarmKind.EMPTY_PAGES,
    AlarmKind.FLAPPING,
    AlarmKind.CONTRADICTED,
    AlarmKind.MASS_REMOVAL,
)
"""What a run finds and clears of pages that readers are not notified of."""

FRESHNESS_KINDS = (
    AlarmKind.FRESHNESS,
    AlarmKind.LISTING_FLOOR,
    AlarmKind.RUN_BLOCKED,
    AlarmKind.UNSEEN_PAGES,
    AlarmKind.SCHEDULER,
    AlarmKind.ATTEND,
)
"""What the check of freshness finds and clears: whether sources are read at all."""

DELIVERY_KINDS = (
    AlarmKind.DEAD_LETTERS,
    AlarmKind.SET_ASIDE,
    AlarmKind.EMPTY_MESSAGE,
    AlarmKind.NEWS_HELD,
    AlarmKind.OVERDUE,
    AlarmKind.CANARY,
)
"""What deliveries and the check find and clear: whether people are notified."""


@dataclass(frozen=True)
class Finding:
    """One thing to see to: what it is about, the text, examples and the command that helps.

    ``subject`` distinguishes findings of one kind, such as an edition. ``is_fault`` makes the
    health check say that something is wrong. No finding makes a run fail. ``gist`` is what of it
    has to change for an acknowledged alarm to be shown again; ``""``: the text.
    """

    kind: AlarmKind
    subject: str
    text: str
    examples: tuple[str, ...] = ()
    remedy: str = ""
    is_fault: bool = False
    gist: str = ""


@dataclass(frozen=True)
class Alarm:
    """A finding as it is kept: raised once, seen again by later runs, cleared when it is over.

    ``told_at`` is when the operator's mail left, None before; ``acknowledged_at`` when somebody
    said to have seen it, None if nobody has or it changed since.
    """

    id: int
    source: str
    kind: str
    subject: str
    text: str
    examples: tuple[str, ...]
    remedy: str
    raised_at: datetime
    seen_at: datetime
    cleared_at: datetime | None = None
    told_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
