"""The ports of `up`: a free one to begin with, and who holds one that is wanted again."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from cli.output.results import note
from cli.up.home_lock import UpRefused
from flows.credential import LISTENING, TCP_TABLES
from flows.environment import HOST


def free_port(wanted: int, whose: str) -> int:
    """Return a port on loopback: the wanted one, or a free one if that is busy, and say so."""
    for port in (wanted, 0):
        if found := _bound(port):
            if wanted not in (0, found):
                note(f"port {wanted} is busy; {whose} takes {found} instead")
            return found
    raise UpRefused(f"there is no free port on {HOST} for {whose}")


def taken(port: int) -> str:
    """Return, in words, that a port on loopback is taken and by what; "" if it is free."""
    if _bound(port):
        return ""
    return f"port {port} is taken by {_holder(port) or 'another program'}"


def _bound(port: int) -> int:
    """Return the port that can be bound, 0 for none."""
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return int(probe.getsockname()[1])
    return 0


def _holder(port: int) -> str:
    """Return the program that listens on a port, "" if the system does not say."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for folder in Path("/proc").glob("[0-9]*") if sockets else ():
        with contextlib.suppress(OSError):  # another user's, or it has ended
            if any(str(each.readlink()) in sockets for each in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return ""


def _inodes(port: int) -> Iterator[str]:
    for table in TCP_TABLES:
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
