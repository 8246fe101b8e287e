"""Read a run's listings, each once, and write down what they held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scrapers.discover.index_pages import Listing, choose_editions, read_index
from scrapers.fetch.gate import FetchGate
from scrapers.source import Link, Source
from services.assembly import Parts
from services.watch.plan import EDITIONS
from storage.unit import Unit
from storage.watch.locations import is_storable
from storage.watch.sources import FAILING, WORKS, HintState


@dataclass
class Listings:
    """The listings of one run, by edition."""

    parts: Parts
    source: Source
    gate: FetchGate
    run_id: int
    read: dict[str, Listing] = field(default_factory=dict)

    def choose(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Return the editions asked for, else the newest ones, looking for new ones."""
        held = self.parts.store.consult(lambda unit: unit.listings.editions(self.source.name))
        editions = choose_editions(self.gate, self.source, asked, held)
        for listing in editions.read.values():
            self._note(listing)
        if not asked:
            self._looked_for_editions(WORKS if editions.is_answered else FAILING)
        return editions.chosen

    def get(self, edition: str) -> Listing:
        """Return an edition's listing, read now if it was not before."""
        if edition not in self.read:
            last_good = self.parts.store.consult(
                lambda unit: unit.listings.last_good_count(self.source.name, edition)
            )
            self._note(read_index(self.gate, self.source, edition, last_good=last_good))
        return self.read[edition]

    @property
    def links(self) -> Iterable[Link]:
        """Every page that the listings read so far name."""
        return (link for listing in self.read.values() for link in listing.links)

    @property
    def is_any_good(self) -> bool:
        """Whether one of them was read whole."""
        return any(one.is_good for one in self.read.values())

    def why_nothing(self) -> str:
        """Say for the operator why no listing could be read."""
        faults = [f"{one.url}: {one.fault}" for one in self.read.values()]
        return (
            f"no listing could be read: {'; '.join(faults)}. Check the network and the publisher's "
            "site, or name another origin with --via; nothing was changed"
        )

    def _looked_for_editions(self, state: str) -> None:
        looked = HintState(EDITIONS, state, self.parts.now())
        self.parts.store.transact(lambda unit: unit.sources.save_hint(self.source.name, looked))

    def _note(self, listing: Listing) -> None:
        """Write down that a listing was read, and with it the new pages that it names.

        In one transaction: a run that ends before it has looked at them leaves them to the next.
        """
        self.read[listing.edition] = listing

        def note(unit: Unit) -> None:
            unit.listings.note(
                self.run_id,
                self.source.name,
                listing.edition,
                len(listing.links),
                self.parts.now(),
                is_good=listing.is_good,
                record=listing.record,
            )
            pages = {link.url: listing.edition for link in listing.links if is_storable(link.url)}
            unit.locations(self.source.name).expect(pages)

        self.parts.store.transact(note)
