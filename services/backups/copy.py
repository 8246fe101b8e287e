"""Copy the database into another, empty one while nothing else is at work."""

from __future__ import annotations

from services.backups.restore import nothing_at_work
from services.private_files import write_privately
from services.settings import Settings
from storage.transfer.transfer import Copied, Progress, transfer


def copy(settings: Settings, target: str, progress: Progress) -> Copied:
    """Copy the database to an address, compare both, and return what was copied.

    Raises StillAtWork while anything works on the database, and
    storage.database.errors.DatabaseUnusable if it cannot be copied or the target is not empty;
    nothing is there then.
    """
    write_privately()
    with nothing_at_work(settings, "copied", "copy"):
        return transfer(settings.database, target, settings.home.absolute(), progress)
