"""What can be wrong with the database, in words that say what to do.

StorageError
├── DatabaseUnusable     it cannot be opened, is newer than this program, or is not a database
├── DatabaseFailed       it stopped working in mid-use: disk full, lock held too long
│   └── ConnectionLost   the server went away; the whole transaction can be tried again
├── LockLost             what a lock protects may be somebody else's by now: the holder must end
├── NotStorable          a text or number that no column can hold, or be compared with
├── EncryptedElsewhere   an address or secret that was encrypted with another home's secret
├── PlaceFailed          the folder or bucket of the payloads cannot be used
└── Damaged              stored bytes are no longer what they were
"""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot do what was asked."""


class DatabaseUnusable(StorageError):
    """The database cannot be opened or used by this program."""


class DatabaseFailed(StorageError):
    """The database failed in mid-use; what was committed is kept, nothing else was written."""


class ConnectionLost(DatabaseFailed):
    """The server went away or cannot be reached; nothing of the transaction was written.

    Unless it went away while it committed: then nobody knows.
    """


class LockLost(StorageError):
    """A lock is not held any more, or the run it protected was closed: nothing more is written."""


class NotStorable(StorageError):
    """A value that no column can hold or be compared with; nothing was written."""


class EncryptedElsewhere(StorageError):
    """An address or secret that was encrypted with another secret than this home's."""


class PlaceFailed(StorageError):
    """The folder or bucket of the payloads cannot be used now; nothing was lost by it."""


class Damaged(StorageError):
    """Stored bytes that cannot be unpacked, or lack the digest they are filed under."""
