"""What commands share: settings, the open store, and finding the report somebody named."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING

from cli.output.results import Refusal, note
from reports.model.identity import ReportId
from scrapers.registry import all_sources, country_hint, find_place, place_name, source_named
from services.logs import log_to_standard_error

if TYPE_CHECKING:  # what opens the database and the network is imported when it is needed
    from flows.prefect_api import Server
    from reports.model.countries import Place
    from scrapers.source import Source
    from services.assembly import Parts
    from services.settings import Settings


DEFAULT_SOURCE = "us-state-hrr"


@contextmanager
def parts(**overrides: object) -> Iterator[Parts]:
    """Give the real parts, made from the settings."""
    from services.assembly import open_parts

    with open_parts(settings(**overrides), say=note) as opened:
        yield opened


def settings(**overrides: object) -> Settings:
    """Return the settings, the data folder made; options that were not given override nothing.

    Raises BadSetting; Refusal (wrong usage) where an option is at fault.
    """
    from services.assembly import ensure_home
    from services.settings import BadSetting, load_settings

    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        loaded = load_settings(**given)
    except BadSetting as error:
        if error.name in given:
            raise Refusal(f"--{error.name}: {error.reason}", 2) from None
        raise
    log_to_standard_error(loaded.log_format, loaded.log_level, {})
    ensure_home(loaded.home)
    return loaded


def configure_prefect(settings: Settings, server: Server) -> None:
    """Let Prefect ask a server once it is imported; what the environment says already stands."""
    from flows.environment import client_environment

    ours = client_environment(settings, server.api_url, server.credential)
    for name, value in ours.items():
        os.environ.setdefault(name, value)


def moment(text: str) -> datetime:
    """Read an ISO 8601 date or time; one without a zone is UTC. Raises Refusal (wrong usage)."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Refusal(f"{text!r} is no time; write 2025-08-12 or 2025-08-12T14:00:00Z", 2) from None


def who_decides(given: str = "") -> str:
    """Return the name that is kept with a decision: the one given, else the system's user."""
    from storage.operate.actions import MOST_WHO

    if given.strip():
        return given.strip()[:MOST_WHO]
    try:
        return getuser()[:MOST_WHO]
    except (OSError, KeyError):  # a container's user may have no name
        return "the command line"


def check_edition(source: Source, edition: str) -> None:
    """Refuse what cannot be an edition of a source: one that looks like none that is known."""
    if not _has_shape(source, edition):
        newest = max(source.editions)
        which = f"a year such as {newest}" if newest.isdecimal() else repr(newest)
        raise Refusal(f"{edition!r} is not an edition of {source.name}; give {which}")


def find_report(
    opened: Parts, country: str, edition: str, part: str = "", source: str = ""
) -> ReportId:
    """Return the report a country, edition and part name; raises Refusal where none is stored."""
    asked = [source_named(source)] if source else list(all_sources().values())
    candidates: list[ReportId] = []
    for each in asked:
        place = each.countries.find(country)
        if place is not None:
            candidates.append(_name(each.name, edition, place, part))
    if not candidates:
        raise _unknown_country(country, asked)
    with opened.store.read() as unit:
        for name in candidates:
            if unit.reports.exists(name):
                return name
    raise Refusal(_not_held(candidates))


def _not_held(candidates: list[ReportId]) -> str:
    """Name every report that was looked for, and the command that brings it."""
    able = [each for each in candidates if _has_shape(source_named(each.source), each.edition)]
    names = " or ".join(map(str, able or candidates[:1]))
    said = f"no report {names} is held; `reportwatch reports` lists what is"
    if not able:
        return said
    first = able[0]
    place = shlex.quote(first.country if not first.part else place_name(first))
    bring = f"reportwatch ingest {first.source} --edition {first.edition} --country {place}"
    return f"{said}; `{bring}` looks for it"


def _name(source: str, edition: str, place: Place, part: str) -> ReportId:
    return ReportId(source, edition, place.country, part or place.part)


def country_code(name: str) -> str:
    """Return ``KAZ`` or ``CHN/tibet`` for a name; raises Refusal for an unknown one."""
    place = find_place(name)
    if place is None:
        raise _unknown_country(name)
    return place.key


def code_and_part(country: str) -> tuple[str, str]:
    """Return the code and the part that a filter names, empty for an empty one; raises Refusal."""
    code, _, part = country_code(country).partition("/") if country else ("", "", "")
    return code, part


def _unknown_country(name: str, asked: Iterable[Source] = ()) -> Refusal:
    return Refusal(f"{name!r} is no country known; {country_hint(name, asked)}")


def _has_shape(source: Source, edition: str) -> bool:
    """Return whether an edition looks like one that its source is known to have."""
    return _shape(edition) in {_shape(each) for each in source.editions}


def _shape(edition: str) -> str:
    return re.sub(r"[0-9]", "0", edition)
