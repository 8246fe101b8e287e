"""The order of the tests: what shares a server stays together, so that few workers start one.

``--dist worksteal`` gives each worker an equal stretch of the list and lets the first to finish
steal from the end of another's. Tests of one server therefore open a stretch, where none is stolen.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

POSTGRES = frozenset({"postgres"})
PROGRAMS = frozenset({"prefect_server", "browser"})


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return PostgreSQL's tests first, and those of Prefect and the browser half-way."""
    on_postgres = _using(items, POSTGRES)
    with_programs = _using(items, PROGRAMS)
    grouped = {*on_postgres, *with_programs}
    plain = [each for each in items if each not in grouped]
    first = max(0, len(items) // 2 - len(on_postgres))
    return [*on_postgres, *plain[:first], *with_programs, *plain[first:]]


def _using(items: Iterable[pytest.Item], fixtures: frozenset[str]) -> list[pytest.Item]:
    return [each for each in items if fixtures & _fixtures(each)]


def _fixtures(item: pytest.Item) -> frozenset[str]:
    """Name a test's fixtures; those that "database" and "store" ask for go by their parameter."""
    names = frozenset(getattr(item, "fixturenames", ()))
    callspec = getattr(item, "callspec", None)
    if callspec and "postgresql" in callspec.params.values():
        names |= POSTGRES
    return names
