"""Decide what a run reads: what listings and hints name, and what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reports.model.identity import location_key
from scrapers.fetch.errors import BudgetSpent
from scrapers.fetch.gate import FetchGate
from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import DiscoveryFailed
from services.runs.scope import Scope
from services.watch.hints import RunHints, ask_hints
from services.watch.listings import Listings
from services.watch.plan import PlannedRequest, is_left, next_look, read_plan
from services.watch.read_location import Target
from storage.unit import Unit
from storage.watch.locations import GOOD, MARK, LocationView, is_storable

FEW = 5
"""Pages up to which reading them costs no more than asking what changed."""

Known = Mapping[str, LocationView]
"""Locations by their key."""


class Targets:
    """What one run reads.

    ``unmodified`` are known pages in scope that hints call unmodified; ``why_postponed`` says why
    nothing could be found out today.
    """

    def __init__(
        self, parts: Parts, source: Source, scope: Scope, gate: FetchGate, listings: Listings
    ) -> None:
        self._parts = parts
        self._source = source
        self._scope = scope
        self._gate = gate
        self._listings = listings
        self.hints = RunHints()
        self.unmodified: list[Target] = []
        self.why_postponed = ""

    def discover(self) -> list[Target]:
        """Read listings and hints and return what to read; raises DiscoveryFailed."""
        self._listings.read.clear()  # those of a try that came to nothing
        if self._scope.urls:
            return self._targets(dict.fromkeys(self._scope.urls, False), self._known())
        if not self._scope.is_planned:
            return self._everything()
        try:
            return self._due()
        except BudgetSpent as spent:
            self.why_postponed = spent.reason
            return []

    def _everything(self) -> list[Target]:
        """Return listed and known locations of the editions chosen, but the unmodified ones."""
        editions = self._listings.choose(self._scope.editions)
        for edition in editions:
            self._listings.get(edition)
        known = self._relisted(self._known())
        urls = {**self._listed(), **self._unlisted(known, editions)}
        if not urls and not self._listings.is_any_good:
            raise DiscoveryFailed(self._listings.why_nothing())
        known = self._with_hints(known, len(urls))
        targets = self._targets({**urls, **self._hinted(known, editions)}, known)
        return targets if self._scope.is_full else self._without_unmodified(targets)

    def _due(self) -> list[Target]:
        """Return what is due by the plan: new pages, those said to be modified, those in turn."""
        now = self._parts.now()
        plan = read_plan(self._parts, self._source)
        editions = self._listings.choose(()) if plan.due(PlannedRequest.EDITIONS, now) else ()
        due = {each.edition for each in plan.due(PlannedRequest.LISTING, now)}
        for edition in sorted(due | (set(editions) - plan.editions)):
            self._listings.get(edition)
        known = self._relisted(self._known())
        if not known and self._listings.read and not self._listings.is_any_good:
            raise DiscoveryFailed(self._listings.why_nothing())
        if editions or self._listings.read:
            known = self._with_hints(known, len(known) or len(self._listed()))
            plan = read_plan(self._parts, self._source)  # what hints say is due at once
        urls = {url: True for url in self._listed() if location_key(url) not in known}
        for each in plan.due(PlannedRequest.REPORT, now):
            assert each.known
            urls[each.url] = known[each.known.key].is_listed
        return self._targets({**urls, **self._hinted(known, editions)}, known)

    def _without_unmodified(self, targets: Sequence[Target]) -> list[Target]:
        """Set the unmodified pages aside, unless it is their turn: hints are tested."""
        if not any(each.is_unmodified for each in targets):
            return list(targets)
        plan = read_plan(self._parts, self._source)
        turn = {each.url for each in plan.due(PlannedRequest.REPORT, self._parts.now())}
        self.unmodified = [each for each in targets if each.is_unmodified and each.url not in turn]
        spared = {each.url for each in self.unmodified}
        return [each for each in targets if each.url not in spared]

    def _known(self) -> Known:
        """Return every location of the source that can be asked."""
        known = self._parts.store.consult(lambda unit: unit.locations(self._source.name).all())
        return {each.key: each for each in known if self._source.owns(each.url)}

    def _relisted(self, known: Known) -> Known:
        """Store which known pages the listings read well name now, whether they are read or not.

        Before anything is read: a page off the list gives way to the one that is on it. A page that
        left the listing is marked as possibly gone.
        """
        keys = {location_key(link.url) for link in self._listings.links}
        good = {edition for edition, one in self._listings.read.items() if one.is_good}
        turned = {
            key: replace(each, is_listed=key in keys)
            for key, each in known.items()
            if each.edition in good and each.is_listed != (key in keys)
        }
        for key, each in turned.items():
            if not each.is_listed and each.outcome in GOOD:
                turned[key] = replace(each, hint=MARK + each.hint.removeprefix(MARK))

        def turn(unit: Unit) -> None:
            locations = unit.locations(self._source.name)
            for is_listed in (True, False):
                ids = [each.id for each in turned.values() if each.is_listed is is_listed]
                locations.list_as(ids, is_listed=is_listed)
            locations.hint({each.id: each.hint for each in turned.values()})

        self._parts.store.transact(turn)
        return {**known, **turned}

    def _listed(self) -> dict[str, bool]:
        """Return the pages in scope that this run's listings name."""
        asks = self._scope.covers if self._scope.places else None
        return {
            link.url: True
            for link in self._listings.links
            if is_storable(link.url)
            and (asks is None or asks(self._source.place_of(link.url, link.label)))
        }

    def _unlisted(self, known: Known, editions: Sequence[str]) -> dict[str, bool]:
        """Return known locations in scope that no listing names."""
        keys = {location_key(url) for url in self._listed()}
        carried = self._parts.store.consult(lambda unit: unit.locations(self._source.name).places())
        return {
            each.url: False
            for each in known.values()
            if each.key not in keys
            and each.edition in editions
            and self._scope.holds(carried.get(each.id, set()))
            and self._is_worth_asking(each)
        }

    def _is_worth_asking(self, known: LocationView) -> bool:
        """Tell whether a page off the listing is read now: an address left behind is so rarely."""
        if self._scope.is_full or not is_left(known):
            return True
        now, rhythm = self._parts.now(), self._source.rhythm
        due_at, _ = next_look(rhythm, self._parts.settings, known, news=None, released=None)
        return due_at <= now

    def _with_hints(self, known: Known, count: int) -> Known:
        """Ask for hints if that costs less than reading; return locations as they mark them."""
        if count <= FEW:
            return known
        self.hints = ask_hints(
            self._parts,
            self._source,
            self._gate,
            known=tuple(known.values()),
            links=self._listings.links,
        )
        return {key: _marked(each, self.hints.mark(each)) for key, each in known.items()}

    def _hinted(self, known: Known, editions: Sequence[str]) -> dict[str, bool]:
        """Return pages of some editions that hints alone name: an index may omit some."""
        if self._scope.places:
            return {}
        named = {location_key(link.url) for link in self._listings.links} | known.keys()
        named |= {location_key(self._source.index_url(edition)) for edition in editions}
        return {
            url: False
            for url in self.hints.urls
            if self._source.edition_of(url) in editions
            and location_key(url) not in named
            and is_storable(url)
        }

    def _targets(self, urls: Mapping[str, bool], known: Known) -> list[Target]:
        """Return what to read: known pages first, so that a redirect comes before where it leads.

        Copies come last: an edit is recorded before a copy could differ.
        """
        copies = self._parts.store.consult(lambda unit: unit.locations(self._source.name).copies())
        hinted = {location_key(url) for url in self.hints.urls}
        targets = []
        for url, is_listed in urls.items():
            key = location_key(url)
            held = known.get(key)
            targets.append(
                Target(
                    url,
                    self._source.edition_of(url),
                    held,
                    is_listed=is_listed,
                    is_lead=held is None and not is_listed and key in hinted,
                    hint=self.hints.after_reading(held, url),
                    is_unmodified=held is not None and self.hints.is_unmodified(held, is_listed),
                )
            )

        def order(target: Target) -> tuple[bool, bool]:
            known = target.known
            return known is not None and known.id in copies, not (known and known.checked_at)

        return sorted(targets, key=order)


def _marked(known: LocationView, hint: str) -> LocationView:
    return known if known.hint == hint else replace(known, hint=hint)
