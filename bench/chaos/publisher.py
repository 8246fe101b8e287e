"""The publisher and the mailbox of a trial: edits by number, and which mails say each of them."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from deployments.sample_site import SampleSite, SiteResponse
from deployments.sample_site.editions import SampleReport

EDITION = "2023"
_INSERTED = re.compile(r"\{\+(.*?)\+\}", re.S)
_TOKEN = re.compile(r"\bamendment\d{4}\b")


class EditedSite(SampleSite):
    """The sample site, to whose reports sentences are added, each with a word of its own."""

    def __init__(self) -> None:
        super().__init__()
        reports = next(each for each in self.editions if str(each.year) == EDITION).reports
        self._added: dict[str, list[str]] = {
            each.path: [] for each in reports if self._can_be_edited(each)
        }
        self._openings = {each.path: _opening(each) for each in reports}
        self._count = 0

    @property
    def pages(self) -> tuple[str, ...]:
        """The paths of the reports that can be edited."""
        return tuple(self._added)

    def edit(self, path: str) -> str:
        """Add a sentence to a report; return the word by which its mail is known."""
        self._count += 1
        token = f"amendment{self._count:04}"
        self._added[path] = [*self._added[path], token]
        return token

    def render(self, path: str) -> SiteResponse:
        """Answer a GET of ``path`` with what was added to it."""
        answer = super().render(path)
        path = f"{path.partition('?')[0].rstrip('/')}/"  # some are listed without their slash
        added = self._added.get(path)
        if not added or answer.status != 200:
            return answer
        sentences = "".join(f" The ministry published {token} of its rules." for token in added)
        opening = self._openings[path]
        return answer._replace(body=answer.body.replace(opening, opening + sentences.encode()))

    def _can_be_edited(self, report: SampleReport) -> bool:
        return super().render(report.path).body.count(_opening(report)) == 1


def _opening(report: SampleReport) -> bytes:
    return html.escape(report.summary[0], quote=False).encode()


class Mails:
    """What the mails in a folder say was added: each token with the Message-IDs that say it."""

    def __init__(self, files: Collection[Path]) -> None:
        self.tokens: dict[str, Counter[str]] = {}
        self.count = len(files)
        for path in files:
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            for token in _added(mail):
                self.tokens.setdefault(token, Counter())[str(mail["Message-ID"])] += 1

    def told(self, token: str) -> int:
        """Return how many different mails say one edit."""
        return len(self.tokens.get(token, ()))

    @property
    def sent_again(self) -> int:
        """Return how many mails came again under the Message-ID that they had."""
        return sum(count - 1 for ids in self.tokens.values() for count in ids.values())


def _added(mail: EmailMessage) -> set[str]:
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return {token for part in _INSERTED.findall(text) for token in _TOKEN.findall(part)}
