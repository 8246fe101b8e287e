"""The sample site lived through, one step a day up to today, with every kind of mail it causes."""

from __future__ import annotations

import email
import email.policy
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from alerts.sink import Sink
from deployments.sample_site import SampleSite, serve
from reports.notices.subscription import Every, SubscriptionFilter
from services.assembly import Parts, open_parts
from services.health.freshness import check
from services.ingest import ingest
from services.notify.delivery import deliver
from services.notify.passages import Quoted, find
from services.notify.sign_up import ask, subscribe
from services.runs.run import IngestRequest
from services.settings import load_settings
from services.transparency.daily import checkpoint_if_due

SOURCE = "sample-hrr"
GANDORIA = f"/reports/{SOURCE}/2023/XAG"

NEWCOMER = "newcomer@reader.example"
READER = "reader@reader.example"
WEEKLY = "weekly@reader.example"
CITING = "lawyer@example.org"
CITED = (
    "credible reports of: arbitrary or unlawful killings, including extrajudicial killings",
    "torture or cruel, inhuman, or degrading treatment",
    "Impunity was the rule in all branches of the security forces.",
)
"""Passages that the last reader watches: one is reworded, one goes, and one stays."""
OPERATOR = "operator@watch.example"


@dataclass(frozen=True)
class SampleStory:
    """A home in which everything has happened, and the mails that were sent, oldest first."""

    home: Path
    mails: tuple[EmailMessage, ...]

    def kinds(self) -> dict[str, EmailMessage]:
        """Return one mail of every kind that people look at, by its kind."""
        to_reader, to_weekly = self._to(READER), self._to(WEEKLY)
        return {
            "confirmation": self._to(NEWCOMER)[0],
            "single": to_reader[0],
            "mass": next(each for each in to_reader if "reports published" in each["Subject"]),
            "digest": to_weekly[-1],
            "passage": self._to(CITING)[0],
            "operator": self._to(OPERATOR)[-1],
        }

    def _to(self, address: str) -> list[EmailMessage]:
        return [each for each in self.mails if each["To"] == address]


def live_through(folder: Path) -> SampleStory:
    """Watch the sample site through its steps, the last of them an hour ago, with four readers.

    What would be mailed a week later is sent from a copy: a digest, and that nobody reads the site.
    """
    site = SampleSite()
    steps = len(site.timeline.steps)
    now = datetime.now(UTC) - timedelta(days=steps - 1, hours=1)

    def clock() -> datetime:
        return now

    home = folder / "home"
    with Sink(folder / "mail") as sink, serve(site) as origin:
        settings = load_settings(
            home=home,
            delay=0,
            gone_checks=2,
            gone_hours=0,
            mass_change=5,
            smtp_url=sink.url,
            operator=OPERATOR,
            public_url="https://watch.example",
        )
        with open_parts(settings, now=clock) as parts:
            for step in range(steps):
                site.advance(step)
                ingest(parts, IngestRequest(SOURCE, via=origin))
                if step == 0:
                    _subscribe(parts)
                deliver(parts)
                checkpoint_if_due(parts)
                now += timedelta(days=1)
        shutil.copytree(home, folder / "later")
        now += timedelta(days=7)
        with open_parts(settings.model_copy(update={"home": folder / "later"}), now=clock) as parts:
            check(parts)
            deliver(parts)
        mails = tuple(
            email.message_from_bytes(each.read_bytes(), policy=email.policy.default)
            for each in sink.mails()
        )
    return SampleStory(home, mails)


def _subscribe(parts: Parts) -> None:
    ask(parts, NEWCOMER, SubscriptionFilter(countries=("XAG",)))
    subscribe(parts, READER, SubscriptionFilter())
    subscribe(parts, WEEKLY, SubscriptionFilter(every=Every.WEEK))
    for number, quote in enumerate(CITED, 1):
        asked = Quoted(GANDORIA.removeprefix("/reports/"), quote, note=f"Case 12/26, note {number}")
        with parts.store.read() as unit:
            passage = find(unit, asked)
        subscribe(parts, CITING, SubscriptionFilter(passage=passage))


def html_of(mail: EmailMessage) -> str:
    """Return a mail's HTML part."""
    return _part(mail, "html")


def text_of(mail: EmailMessage) -> str:
    """Return a mail's plain text."""
    return _part(mail, "plain")


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
