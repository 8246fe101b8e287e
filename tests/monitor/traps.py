"""A listener where hostile text would have things loaded from; it notes whoever comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Trap:
    """Its address, and the first line of every request that came; "" for a bare connection."""

    url: str
    came: list[str] = field(default_factory=list)


@contextmanager
def trap() -> Iterator[Trap]:
    """Listen on a loopback port for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        made = Trap(f"http://127.0.0.1:{door.getsockname()[1]}")
        threading.Thread(target=_watch, args=(door, made.came), daemon=True).start()
        yield made
        door.shutdown(socket.SHUT_RDWR)


def _watch(door: socket.socket, came: list[str]) -> None:
    while True:
        try:
            caller, _ = door.accept()
        except OSError:
            return
        caller.settimeout(0.3)
        try:
            came.append(caller.recv(200).decode("latin-1"))
        except OSError:
            came.append("")
        caller.close()
