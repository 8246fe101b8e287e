"""Watched passages: where each of them stands, followed as soon as its report changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select, update

from reports.compare.quotations import Followed, Follower
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Change
from reports.notices.subscription import SubscriberState
from reports.notices.watched import Anchor, PassageNews, ToldPassages, WatchedPassage
from reports.notices.watching import BRINGS_WORDS, OF_THE_WHOLE, is_news, stays, steps
from storage.database.tables import report, subscriber, subscription, version
from storage.readers.matching import Asker, MatchedReader, asked_by
from storage.texts.aliases import named
from storage.texts.readings import Readings
from storage.texts.versions import REPORT_NAME

MOST_VERSIONS = 50
"""Versions through which a passage is followed when it begins to be watched; the newest."""


class NoSuchVersion(LookupError):
    """A report or version that is not stored."""


@dataclass
class ReaderNews:
    """What one change tells one reader of passages; ``matched`` are those worth a message."""

    news: list[PassageNews] = field(default_factory=list)
    matched: list[MatchedReader] = field(default_factory=list)

    def told(self, *, is_all: bool) -> ToldPassages:
        """Return what the alert holds of it."""
        return ToldPassages(tuple(self.news), is_all)


@dataclass(frozen=True)
class _Watched:
    """One passage that is watched, by a subscription and its reader."""

    asker: Asker
    passage: WatchedPassage
    anchor: Anchor
    is_active: bool


class _Texts:
    """The versions of reports, as read last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._readings = Readings(connection)

    def numbers(self, report_id: int) -> list[int]:
        """Return the numbers of a report's versions in the order of their capture."""
        query = select(version.c.number).where(version.c.report_id == report_id)
        rows = self._connection.execute(query.order_by(version.c.captured_at, version.c.number))
        return list(rows.scalars())

    def reading(self, report_id: int, number: int) -> Reading:
        """Return what a version said."""
        query = select(version.c.id).where(
            version.c.report_id == report_id, version.c.number == number
        )
        return self._readings.get(self._connection.execute(query).scalar_one())[0]


class _Steps:
    """One step of a report, from the version before to the next, for any number of passages."""

    def __init__(self, texts: _Texts, report_id: int, before: int, after: int) -> None:
        self._texts = texts
        self._report_id = report_id
        self._before, self._after = before, after
        self._followers: dict[int, Follower] = {}

    def take(
        self, subscription_id: int, passage: WatchedPassage, anchor: Anchor
    ) -> tuple[Anchor, PassageNews | None]:
        """Follow one passage; no news if neither its words nor any like them can be found.

        One that is gone comes back by words that were not there before: it was looked for in what
        was.
        """
        follower = self._from(anchor.version)
        found = follower.follow(anchor.words, anchor.text, anchor.start, passage.quote)
        if found is None:
            return anchor, None
        is_gone = anchor.gone_in and not found.is_gone
        if is_gone and not self._from(self._before).is_new(found.words):
            found = Followed(found.before)
        return steps(subscription_id, passage, anchor, found, self._after)

    def _from(self, number: int) -> Follower:
        if number not in self._followers:
            before, after = (self._texts.reading(self._report_id, n) for n in (number, self._after))
            self._followers[number] = Follower(before, after)
        return self._followers[number]


class WatchedPassages:
    """The watched passages of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts = _Texts(connection)

    def begin(self, passage: WatchedPassage) -> tuple[int, Anchor]:
        """Return the report of a passage and where it stands now, followed from its version on.

        Raises NoSuchVersion.
        """
        report_id = self._report(passage.report)
        numbers = self._texts.numbers(report_id)
        if passage.version not in numbers:
            raise NoSuchVersion(f"{passage.report} has no version {passage.version}")
        anchor = Anchor(passage.version, passage.quote, passage.text, passage.start)
        later = numbers[numbers.index(passage.version) :][-MOST_VERSIONS - 1 :]
        for before, after in pairwise(later):
            step = _Steps(self._texts, report_id, before, after)
            anchor, _ = step.take(0, passage, anchor)
        return report_id, anchor

    def stored_name(self, name: ReportId) -> ReportId:
        """Return the name a report is stored under; raises NoSuchVersion."""
        query = select(*REPORT_NAME).where(*named(name))
        row = self._connection.execute(query).first()
        if row is None:
            raise NoSuchVersion(f"there is no report {name}")
        return ReportId(*row)

    def readings(self, name: str) -> Iterator[tuple[int, Reading]]:
        """Yield the versions of a report, the latest first, each with its number.

        Raises NoSuchVersion if there is no such report.
        """
        report_id = self._report(name)
        for number in reversed(self._texts.numbers(report_id)[-MOST_VERSIONS:]):
            yield number, self._texts.reading(report_id, number)

    def reading(self, name: str, number: int) -> Reading:
        """Return one version of a report; raises NoSuchVersion."""
        report_id = self._report(name)
        if number not in self._texts.numbers(report_id):
            raise NoSuchVersion(f"{name} has no version {number}")
        return self._texts.reading(report_id, number)

    def follow(self, report_id: int, change: Change, *, is_told: bool) -> dict[int, ReaderNews]:
        """Follow the passages of a report through a change; return what each reader is told.

        What is held moves nothing: once it stays, it is told. What nobody is told of, such as an
        import, moves passages in silence. An address that may not be written to is left alone by
        what others are told: ``catch_up`` is for when it may be again.
        """
        if change.is_held or change.kind not in (*BRINGS_WORDS, *OF_THE_WHOLE):
            return {}
        if not is_told and not self._is_latest(report_id, change):
            return {}
        found = self._of(subscription.c.report_id == report_id)
        return self._follow(report_id, change, [e for e in found if e.is_active or not is_told])

    def catch_up(self, subscriber_id: int, change: Change) -> ReaderNews:
        """Follow the passages of one reader through a change that it was not told of."""
        if change.kind not in (*BRINGS_WORDS, *OF_THE_WHOLE):
            return ReaderNews()
        found = self._of(subscription.c.subscriber_id == subscriber_id)
        name = str(change.report)
        ahead = [
            each for each in found if each.passage.report == name and self._is_later(each, change)
        ]
        if not ahead:
            return ReaderNews()
        return self._follow(self._report(name), change, ahead).get(subscriber_id, ReaderNews())

    def _follow(
        self, report_id: int, change: Change, watched: Iterable[_Watched]
    ) -> dict[int, ReaderNews]:
        told: dict[int, ReaderNews] = {}
        step = None
        if change.kind in BRINGS_WORDS and change.from_version and change.to_version:
            step = _Steps(self._texts, report_id, change.from_version, change.to_version)
        for each in watched:
            number = each.asker.subscription.id
            if step:
                anchor, news = step.take(number, each.passage, each.anchor)
                self._keep(number, each.anchor, anchor)
            else:
                news = stays(number, each.passage, each.anchor, change)
            if news is None:
                continue
            of_reader = told.setdefault(each.asker.subscriber_id, ReaderNews())
            of_reader.news.append(news)
            if is_news(change, each.passage, news):
                of_reader.matched.append(each.asker.match(change.detected_at))
        return told

    def _keep(self, subscription_id: int, before: Anchor, after: Anchor) -> None:
        if before != after:
            changed = update(subscription).where(subscription.c.id == subscription_id)
            self._connection.execute(changed.values(anchor=after.as_json()))

    def _of(self, asked: Any) -> list[_Watched]:
        """Return the passages that are watched, of a report or by a subscriber."""
        is_passage = subscription.c.report_id.is_not(None)
        query = asked_by().add_columns(subscriber.c.state).where(asked, is_passage)
        found = []
        for row in self._connection.execute(query).all():
            asker, is_active = Asker.of(row), row.state == SubscriberState.ACTIVE.value
            one = asker.subscription
            assert one.filter.passage is not None
            assert one.anchor is not None
            found.append(_Watched(asker, one.filter.passage, one.anchor, is_active))
        return found

    def _report(self, name: str) -> int:
        query = select(report.c.id).where(*named(ReportId.parse(name)))
        found = self._connection.execute(query).scalar()
        if found is None:
            raise NoSuchVersion(f"there is no report {name}")
        return int(found)

    def _is_latest(self, report_id: int, change: Change) -> bool:
        return self._texts.numbers(report_id)[-1] == change.to_version

    def _is_later(self, watched: _Watched, change: Change) -> bool:
        """Tell whether a change came after a passage was looked at last."""
        anchor = watched.anchor
        captured = select(version.c.captured_at).where(
            version.c.report_id == self._report(watched.passage.report),
            version.c.number == (anchor.gone_in or anchor.version),
        )
        seen_at: datetime = self._connection.execute(captured).scalar_one()
        return change.detected_at > seen_at
