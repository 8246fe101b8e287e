"""Ask the Internet Archive's Save Page Now to keep a page, and what came of it.

The interface (SPN2): a form posted to ``/save`` starts a job; ``/save/status/JOB`` reports on it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from reports.text.plain import one_line
from scrapers.archive.host import ORIGIN, is_same_page
from scrapers.fetch.errors import FetchError
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.response import Response

_JOB = re.compile(r"[\w-]{1,128}", re.A)
_STAMP = re.compile(r"\d{14}", re.A)
_LONGEST_REASON = 300


class SaveRefused(Exception):
    """The Archive does not keep a page, or not now; the message says why. It may be asked again."""


@dataclass(frozen=True)
class SavePageNow:
    """The interface through one gate. ``keys`` are ACCESS:SECRET of an account at the Archive."""

    gate: FetchGate
    keys: str

    def ask(self, url: str) -> str:
        """Ask for a page to be kept, and return the job's id; raises SaveRefused."""
        form = {"url": url, "capture_all": "0", "skip_first_archive": "1"}
        job = str(self._call(f"{ORIGIN}/save", form).get("job_id") or "")
        if not _JOB.fullmatch(job):
            raise SaveRefused("the Archive named no job")
        return job

    def outcome(self, url: str, job_id: str) -> str:
        """Return where a page is kept, ``""`` while the job runs; raises SaveRefused."""
        document = self._call(f"{ORIGIN}/save/status/{job_id}")
        if document.get("status") == "pending":
            return ""
        stamp, original = str(document.get("timestamp", "")), str(document.get("original_url", ""))
        if document.get("status") != "success" or not _STAMP.fullmatch(stamp):
            raise SaveRefused(_said(document) or "the job failed")
        return f"{ORIGIN}/web/{stamp}/{original if is_same_page(original, url) else url}"

    def _call(self, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"LOW {self.keys}", "Accept": "application/json"}
        try:
            answer = self.gate.call(url, headers, form)
        except FetchError as error:
            raise SaveRefused(error.reason) from None
        document = _document(answer)
        if answer.status != 200:
            why = (
                "it does not take REPORTWATCH_WAYBACK_KEYS"
                if answer.status == 401
                else _said(document)
            )
            raise SaveRefused(f"the Archive answers with status {answer.status}: {why}")
        return document


def _document(answer: Response) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _said(document: dict[str, Any]) -> str:
    return one_line(str(document.get("message") or ""), _LONGEST_REASON)
