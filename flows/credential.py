"""The credential of the Prefect server that ``up`` starts: whoever has it may run flows."""

from __future__ import annotations

import base64
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from storage.database.locks import exclusively

CREDENTIAL_FILE = "prefect-auth"
TCP_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENING = "0A"  # the state of a listening socket, <linux/tcp_states.h>


def own_credential(home: Path) -> str:
    """Return the credential of a home folder, made at first use in a file of mode 600."""
    with exclusively(home / "locks" / "prefect-auth.lock"):
        if known := read_credential(home):
            return known
        file = home / CREDENTIAL_FILE
        fresh = file.with_suffix(".fresh")  # renamed when whole: a kill leaves no empty credential
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(f"reportwatch:{secrets.token_urlsafe(32)}")
        fresh.replace(file)
        return read_credential(home)


def read_credential(home: Path) -> str:
    """Return the credential of a home folder, ``""`` if there is none that we may read."""
    try:
        return (home / CREDENTIAL_FILE).read_text().strip()
    except (OSError, ValueError):
        return ""


def credential_for(home: Path, api_url: str) -> str:
    """Return what to show to the server that ``up`` wrote down; ``""`` if another may listen there.

    After an ``up`` that was killed, its port may belong to anybody on the machine.
    """
    known = read_credential(home)
    if not known:
        return ""
    owner = (home / CREDENTIAL_FILE).stat().st_uid
    return known if owner in listeners(urlsplit(api_url).port or 0, owner) else ""


def listeners(port: int, unknown: int) -> set[int]:
    """Return the users who listen on a TCP port here; ``unknown`` if the system does not say."""
    found = set()
    tables = [table for table in TCP_TABLES if table.exists()]
    if not tables:
        return {unknown}
    for table in tables:
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(int(fields[7]))
    return found


def basic(credential: str) -> str:
    """Return the value of the header ``Authorization`` for a credential."""
    return f"Basic {base64.b64encode(credential.encode()).decode()}"


def is_basic(header: str, credential: str) -> bool:
    """Return whether the value of a header ``Authorization`` shows a credential."""
    with suppress(ValueError):
        scheme, _, given = header.partition(" ")
        shown = base64.b64decode(given.strip(), validate=True)
        return scheme.lower() == "basic" and secrets.compare_digest(shown, credential.encode())
    return False
