"""Say in plain words what an alarm is about, for people who never saw its kind's name."""

from __future__ import annotations

_WORDS = {
    "held_back": (
        "pages held back",
        "Pages were not taken over, since the reader seems to misread them",
    ),
    "drift_summary": ("summaries missing", "Many pages of an edition have no summary"),
    "drift_issues": ("issue lists unread", "Many issue lists could not be read"),
    "drift_length": (
        "lengths changed",
        "Summaries are much shorter or longer than before",
    ),
    "drift_outline": ("sections gone", "Reports that had sections have none"),
    "drift_shape": ("new markup", "Pages are built in a way not seen before"),
    "partial_lists": ("issue lists read in part", "Issue lists were not read whole"),
    "contradicted": (
        "pages that contradict themselves",
        "Pages contradict their address, or name no report",
    ),
    "mass_removal": ("many reports missing", "Many reports are missing at once"),
    "empty_pages": ("pages without their report", "Pages stand there without their report"),
    "flapping": ("texts that go to and fro", "Texts go to and fro"),
    "freshness": ("not read in time", "A source was not read in time"),
    "listing_floor": ("a listing not read whole", "A publisher's list was not read whole"),
    "run_blocked": ("the last run came to nothing", "The last run of a source came to nothing"),
    "unseen_pages": ("pages not seen", "Many pages could not be seen"),
    "attend": ("nobody attends beside the workers", "Nobody attends beside the workers"),
    "scheduler": ("the scheduler has stopped", "What starts runs has stopped"),
    "dead_letters": ("messages given up", "Messages were given up"),
    "set_aside": ("addresses set aside", "Addresses did not take what was sent to them"),
    "empty_message": (
        "messages without a difference",
        "Messages would have shown no difference",
    ),
    "news_held": ("news held", "News waits until you let it go"),
    "overdue": ("messages nobody sends", "Messages wait, and nobody sends them"),
    "canary": ("a canary did not arrive", "A test message did not arrive"),
    "backup": ("no backup could be made", "The last backup could not be made"),
    "transparency": ("the log is not vouched for", "The log lacks a signature or a time stamp"),
}
"""Of every kind: a few words that stand in a subject after the source, and a sentence."""


def alarm_label(kind: str) -> str:
    """Return what an alarm is about in a few words; an unknown kind goes by its name."""
    return _WORDS[kind][0] if kind in _WORDS else kind.replace("_", " ")


def alarm_title(kind: str) -> str:
    """Return what an alarm is about in a sentence; an unknown kind goes by its name."""
    return _WORDS[kind][1] if kind in _WORDS else kind.replace("_", " ").capitalize()
