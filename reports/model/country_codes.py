"""The codes of countries and territories in the lists that scholars join on, valid in a year."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from reports.model.identity import UNDATED, ReportId

FIRST_YEAR = 1993
"""The first year of which codes are held: earlier ones would need states that no row is of."""

NO_CODE = "No list of codes has this place."
OF_PART = "A part of {}: no list has a code for it."
TOO_EARLY = f"No codes are held of years before {FIRST_YEAR}."

_LATEST = 9999


@dataclass(frozen=True)
class CountryCodes:
    """What each list calls a place in a year: ``""`` and None where it has no code.

    ``code_note`` says why a code is missing, or whom it stands for.
    """

    iso2: str = ""
    iso3: str = ""
    iso_numeric: str = ""
    m49: str = ""
    cow: str = ""
    cow_number: int | None = None
    gw_number: int | None = None
    code_note: str = ""


@dataclass(frozen=True)
class _Period:
    first: int
    last: int
    codes: CountryCodes


class BadCodeTable(ValueError):
    """A table with two rows for one place and year."""


class CodeTable:
    """The codes of every place. Raises BadCodeTable if two rows are valid at once."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._periods: dict[tuple[str, str], list[_Period]] = defaultdict(list)
        for row in rows["codes"]:
            values = {name: row[name] for name in CountryCodes.__annotations__ if name in row}
            codes = CountryCodes(**values, code_note=row.get("note", ""))
            place = row["country"], row.get("part", "")
            period = _Period(row.get("from", FIRST_YEAR), row.get("until", _LATEST), codes)
            if any(_overlap(each, period) for each in self._periods[place]):
                raise BadCodeTable(f"{'/'.join(filter(None, place))} has two rows for one year")
            self._periods[place].append(period)

    def of(self, report: ReportId) -> CountryCodes:
        """Return the codes of a report's place at the end of the year that it covers.

        A family that is kept up to date in place has those that are valid now.
        """
        country, part = report.country, "" if report.is_document else report.part
        year = _year(report.edition)
        if year < FIRST_YEAR:
            return CountryCodes(code_note=TOO_EARLY)
        for each in self._periods.get((country, part), ()):
            if each.first <= year <= each.last:
                return each.codes
        return CountryCodes(code_note=OF_PART.format(country) if part else NO_CODE)

    def places(self) -> list[tuple[str, str]]:
        """Return every place that has a row, as country and part."""
        return list(self._periods)


def _year(edition: str) -> int:
    if edition == UNDATED:
        return _LATEST
    return int(edition) if edition.isdecimal() else 0


def _overlap(one: _Period, other: _Period) -> bool:
    return one.first <= other.last and other.first <= one.last


@cache
def country_codes() -> CodeTable:
    """Return the codes of ``country_codes.toml``."""
    text = resources.files("reports.model").joinpath("country_codes.toml").read_text("utf-8")
    return CodeTable(tomllib.loads(text))
