"""Open documents in LibreOffice, accept or reject all changes, and tell what is left, as JSON.

A program for the system's Python, which has LibreOffice's module ``uno``: ``office.py FILE…``
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

PATIENCE = 60
"""Seconds for LibreOffice to start."""


def main(files: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"reportwatch-{os.getpid()}"
        started = subprocess.Popen(
            [
                *("soffice", "--headless", "--norestore"),
                f"-env:UserInstallation={Path(folder).as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            office = connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            told = {file: {kind: left(office, file, kind) for kind in KINDS} for file in files}
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait(PATIENCE)
    sys.stdout.write(json.dumps(told))


KINDS = {"shown": "", "accepted": "AcceptAllTrackedChanges", "rejected": "RejectAllTrackedChanges"}


def connected(address: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(address)
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def left(office: Any, file: str, kind: str) -> dict[str, Any]:
    """Return the paragraphs with their styles, and how many changes are still tracked."""
    create = office.ServiceManager.createInstanceWithContext
    desktop = create("com.sun.star.frame.Desktop", office)
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    document = desktop.loadComponentFromURL(Path(file).as_uri(), "_blank", 0, (hidden,))
    try:
        if KINDS[kind]:
            frame = document.CurrentController.Frame
            dispatcher = create("com.sun.star.frame.DispatchHelper", office)
            dispatcher.executeDispatch(frame, f".uno:{KINDS[kind]}", "", 0, ())
        changes = sum(1 for _ in each_of(document.Redlines))
        return {"changes": changes, "paragraphs": list(paragraphs(document))}
    finally:
        document.close(True)


def paragraphs(document: Any) -> Iterator[tuple[str, str]]:
    for paragraph in each_of(document.Text):
        if paragraph.supportsService("com.sun.star.text.Paragraph"):
            portions = each_of(paragraph)
            text = "".join(each.String for each in portions if each.TextPortionType == "Text")
            yield paragraph.ParaStyleName, text


def each_of(held: Any) -> Iterator[Any]:
    found = held.createEnumeration()
    while found.hasMoreElements():
        yield found.nextElement()


if __name__ == "__main__":
    main(sys.argv[1:])
