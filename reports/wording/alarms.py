"""Say in plain words what an alarm is about, for people who never saw its kind's name."""

from __future__ import annotations

_TITLES = {
    "held_back": "Pages were not taken over, since the reader seems to misread them",
    "drift_summary": "Many pages of an edition have no summary",
    "drift_issues": "Many issue lists could not be read",
    "drift_length": "Summaries are much shorter or longer than before",
    "drift_outline": "Reports that had sections have none",
    "drift_shape": "Pages are built in a way not seen before",
    "partial_lists": "Issue lists were not read whole",
    "contradicted": "Pages contradict their address, or name no report",
    "mass_removal": "Many reports are missing at once",
    "empty_pages": "Pages stand there without their report",
    "flapping": "Texts go to and fro",
    "freshness": "A source was not read in time",
    "listing_floor": "A publisher's list was not read whole",
    "run_blocked": "The last run of a source came to nothing",
    "unseen_pages": "Many pages could not be seen",
    "scheduler": "What starts runs has stopped",
    "dead_letters": "Messages were given up",
    "set_aside": "Addresses did not take what was sent to them",
    "empty_message": "Messages would have shown no difference",
    "news_held": "News waits until you let it go",
    "overdue": "Messages wait, and nobody sends them",
    "canary": "A test message did not arrive",
    "backup": "The last backup could not be made",
}


def alarm_title(kind: str) -> str:
    """Return what an alarm is about; a kind that is not known yet goes by its name."""
    return _TITLES.get(kind) or kind.replace("_", " ").capitalize()
