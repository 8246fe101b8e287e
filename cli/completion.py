"""What a shell proposes for an argument that was begun; nothing is opened for it."""

from __future__ import annotations

from scrapers.registry import all_sources


def complete_country(incomplete: str) -> list[str]:
    """Return the names that go on from what was typed, written without spaces: ``Cote-divoire``.

    A shell takes only what begins with the very letters that were typed.
    """
    begun = _word(incomplete) + "-" * incomplete.endswith("-")
    names = {_word(place.name) for each in all_sources().values() for place in each.countries}
    return sorted(incomplete + name[len(begun) :] for name in names if name.startswith(begun))


def complete_source(incomplete: str) -> list[str]:
    """Return the sources that begin like this."""
    return [name for name in all_sources() if name.startswith(incomplete)]


def complete_edition(incomplete: str) -> list[str]:
    """Return the editions that begin like this, the newest first."""
    known = {edition for each in all_sources().values() for edition in each.editions}
    return sorted((each for each in known if each.startswith(incomplete)), reverse=True)


def _word(name: str) -> str:
    from reports.model.countries import fold

    return fold(name).replace(" ", "-")
