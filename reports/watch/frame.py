"""Tell a notice about one report from the frame that its page shares with its siblings.

What came or went around a report since the page's own last look is compared with its siblings:
what stands, or changes in the same place, on more than half of them is frame and is not reported.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from reports.model.notes import is_grave
from reports.watch.surroundings import SurroundedPage, Surrounding, Surroundings

FEWEST = 3
"""Pages that make siblings: fewer show no frame."""

MANY, PART = 5, 5
"""From five pages on, if more than one in five, the same place changes on too many to tell of."""

LOST = 3
"""Texts of the frame that one page alone loses or gains when it comes in another frame."""


ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)
"""Since when a place is frame that changes on most pages again and again."""

AGAIN = timedelta(days=33)
"""Time within which it does: a site that is made over every few years is another matter."""


class FramePart(NamedTuple):
    """A text of an edition's frame, or a place in it, by its key."""

    edition: str
    key: str


@dataclass(frozen=True)
class Notice:
    """What came to one page and what went from it; ``is_held`` if it did on many at once."""

    location_id: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_held: bool = False


@dataclass(frozen=True)
class Conclusion:
    """What a run shows of the surroundings of its pages.

    ``framed`` are parts of the frame found now, with when the run began that saw them change.
    ``added`` and ``removed`` are texts of the frame that came and went, on ``page_count`` pages.
    """

    notices: tuple[Notice, ...] = ()
    framed: Mapping[FramePart, datetime] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    page_count: int = 0


@dataclass(frozen=True, eq=False)
class _Event:
    """One text that came to a page, or went from it."""

    page: SurroundedPage
    what: Surrounding
    is_new: bool

    @property
    def began_at(self) -> datetime:
        """When the run began that saw it."""
        return self.page.changed_since or self.page.looked_at

    @property
    def last_at(self) -> datetime:
        """When its page was looked at before that."""
        return self.page.before_at or self.began_at


def conclude(pages: Sequence[SurroundedPage], framed: Mapping[FramePart, datetime]) -> Conclusion:
    """Tell notices from frame among what came and went on some pages of a source.

    ``pages`` are all that are known, the unchanged ones too; ``framed`` what is known as frame.
    """
    return _Conclusion(pages, framed).conclude()


class _Conclusion:
    """One comparison of the pages of a source with each other."""

    def __init__(
        self, pages: Sequence[SurroundedPage], framed: Mapping[FramePart, datetime]
    ) -> None:
        self._pages = pages
        self._known = framed
        self._found: dict[FramePart, datetime] = {}
        self._is_frame_part: dict[FramePart, bool] = {}
        self._turned: dict[FramePart, set[int]] = defaultdict(set)
        self._of_edition: dict[str, list[SurroundedPage]] = defaultdict(list)
        for page in pages:
            self._of_edition[page.edition].append(page)
        self._have = Counter(key for page in pages for key in page.now)
        self._had = Counter(key for page in pages for key in _before(page))

    def conclude(self) -> Conclusion:
        """Return what is to be told of, what is frame, and what the operator is told."""
        changed = [page for page in self._pages if page.before is not None]
        events = [event for page in changed for event in self._events(page)]
        moved = {page.location_id for page in changed if self._has_another_frame(page)}
        by_place: dict[FramePart, list[_Event]] = defaultdict(list)
        for event in events:
            if not self._is_frame(event) and event.page.location_id not in moved:
                by_place[FramePart(event.page.edition, event.what.place)].append(event)
        notices: dict[tuple[int, bool], list[_Event]] = defaultdict(list)
        for part, group in by_place.items():
            left = self._apart_from_frame(part, group)
            is_held = self._are_many(part, left)
            for event in left:
                notices[event.page.location_id, is_held].append(event)
        told = {event for group in notices.values() for event in group}
        frame = [event for event in events if event not in told]
        return Conclusion(
            tuple(_notice(*each, group) for each, group in notices.items()),
            self._found,
            _texts(event for event in frame if event.is_new),
            _texts(event for event in frame if not event.is_new),
            len(_locations(frame)),
        )

    def _events(self, page: SurroundedPage) -> list[_Event]:
        """Return what came and went, without what changes again and again on every page."""
        before, now = _before(page), page.now
        came = [_Event(page, each, True) for key, each in now.items() if key not in before]
        went = [_Event(page, each, False) for key, each in before.items() if key not in now]
        turning = {event.what.place for event in came if self._is_shared(event)}
        turning &= {event.what.place for event in went if self._is_shared(event)}
        kept = []
        for event in came + went:
            if self._turns(event, turning):
                self._turned[FramePart(page.edition, event.what.place)].add(page.location_id)
            else:
                kept.append(event)
        return kept

    def _turns(self, event: _Event, turning: set[str]) -> bool:
        """Tell whether a text is one of several that pages show in turn in one place."""
        part = FramePart(event.page.edition, event.what.place)
        is_lasting = self._known.get(part) == ALWAYS
        return is_lasting or (event.what.place in turning and self._is_shared(event))

    def _is_shared(self, event: _Event) -> bool:
        """Tell whether a few siblings had a text before."""
        page, key = event.page, event.what.key
        if self._had[key] < FEWEST:
            return False
        siblings = self._siblings(page.edition)
        return sum(key in _before(each) for each in siblings if each is not page) >= FEWEST

    def _is_frame(self, event: _Event) -> bool:
        """Tell whether a text stands, or stood, on most siblings of the page it changes on."""
        part = FramePart(event.page.edition, event.what.key)
        if part not in self._is_frame_part:
            is_known = part in self._known
            self._is_frame_part[part] = is_known or self._stands_on_most(part)
            if not is_known and self._is_frame_part[part]:
                self._found[part] = event.began_at
        return self._is_frame_part[part]

    def _stands_on_most(self, part: FramePart) -> bool:
        """Tell whether most pages have a text, among those looked at since it was first seen."""
        if self._most_had(self._siblings(part.edition), part.key):
            return True
        since = self._first_seen.get(part.key)
        return since is not None and self._most_have(self._siblings(part.edition, since), part.key)

    def _most_have(self, siblings: Sequence[SurroundedPage], key: str) -> bool:
        is_rare = 2 * self._have[key] <= FEWEST  # most texts are, on large editions
        return not is_rare and _most(siblings, lambda page: key in page.now)

    def _most_had(self, siblings: Sequence[SurroundedPage], key: str) -> bool:
        is_rare = 2 * self._had[key] <= FEWEST
        return not is_rare and _most(siblings, lambda page: key in _before(page))

    @cached_property
    def _first_seen(self) -> dict[str, datetime]:
        """When the run began that saw a text first on any page that has it now, by its key."""
        found: dict[str, datetime] = {}
        for page in self._pages:
            for key, each in page.now.items():
                found[key] = min(each.since, found.get(key, each.since))
        return found

    def _siblings(self, edition: str, since: datetime | None = None) -> list[SurroundedPage]:
        """Return an edition's pages looked at since a time; the source's if those are too few."""
        own = [page for page in self._of_edition[edition] if not since or page.looked_at >= since]
        if len(own) >= FEWEST:
            return own
        return [page for page in self._pages if not since or page.looked_at >= since]

    def _has_another_frame(self, page: SurroundedPage) -> bool:
        """Tell whether one page alone comes in another frame, or back in that of its siblings.

        A template that is changed page by page does that, and a cache that holds another build.
        """
        before, now = _before(page), page.now
        siblings = self._siblings(page.edition, page.changed_since)
        lost = [key for key in before if key not in now and self._most_have(siblings, key)]
        gained = [key for key in now if key not in before and self._most_had(siblings, key)]
        count = len(lost) + len(gained)
        return count >= LOST and 2 * count > min(len(before), len(now))

    def _apart_from_frame(self, part: FramePart, group: Sequence[_Event]) -> list[_Event]:
        """Return what is no change of the frame among changes in one place.

        Texts of their own that come, go or change there on most pages are frame; so they are on a
        page that was not looked at since. If they do so again, that place is frame for good.
        """
        siblings = self._siblings(part.edition, min(event.began_at for event in group))
        changed, since = _locations(group), self._known.get(part)
        if _most(siblings, lambda page: page.location_id in changed):
            began_at = min(event.began_at for event in group)
            is_again = since is not None and began_at - since <= AGAIN
            self._found[part] = ALWAYS if is_again else began_at
            return []
        changed |= self._turned[part]  # texts in turn, of which some are on few pages
        if self._turned[part] and _most(siblings, lambda page: page.location_id in changed):
            return [event for event in group if is_grave(event.what.text)]
        return [event for event in group if since is None or event.last_at >= since]

    def _are_many(self, part: FramePart, group: Sequence[_Event]) -> bool:
        """Tell whether more than a fifth of an edition's pages change in one place at once."""
        if len(_locations(group)) < MANY:
            return False
        siblings = self._siblings(part.edition, min(event.began_at for event in group))
        return len(_locations(group)) * PART > len(siblings)


def _before(page: SurroundedPage) -> Surroundings:
    return page.now if page.before is None else page.before


def _most(pages: Sequence[SurroundedPage], holds: Callable[[SurroundedPage], bool]) -> bool:
    return len(pages) >= FEWEST and 2 * sum(map(holds, pages)) > len(pages)


def _locations(events: Iterable[_Event]) -> set[int]:
    return {event.page.location_id for event in events}


def _notice(location_id: int, is_held: bool, events: Sequence[_Event]) -> Notice:
    added = tuple(event.what.text for event in events if event.is_new)
    removed = tuple(event.what.text for event in events if not event.is_new)
    return Notice(location_id, added, removed, is_held)


def _texts(events: Iterable[_Event]) -> tuple[str, ...]:
    return tuple({event.what.key: event.what.text for event in events}.values())
