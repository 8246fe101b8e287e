"""What can be wrong with a log, for whoever sees to it."""

from __future__ import annotations


class LogBroken(Exception):
    """The log is not what was published of it: nothing is signed. Says what to do."""


class LogBusy(Exception):
    """Another program makes a checkpoint now."""


class WitnessFailed(Exception):
    """A witness could not be asked, or did not cosign; says why."""


class NothingYet(WitnessFailed):
    """A log that is witnessed has no checkpoint yet."""


class StampFailed(Exception):
    """An authority gave no time stamp that can be kept; says why."""
