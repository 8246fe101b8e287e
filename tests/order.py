"""The order of the tests: what shares a server stays together, so that few workers start one.

``--dist worksteal`` gives each worker an equal stretch of the list and lets the first to finish
steal from the end of another's. Tests of one server therefore open a stretch, where none is stolen.
"""

from __future__ import annotations

import pytest

POSTGRES = frozenset({"postgres", "migrated_postgres"})
PROGRAMS = frozenset({"prefect_server", "browser"})


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return PostgreSQL's tests first, and those of Prefect and the browser half-way."""
    on_postgres = [each for each in items if is_on_postgres(each)]
    others = [each for each in items if each not in set(on_postgres)]  # some need both
    with_programs = [each for each in others if PROGRAMS & _fixtures(each)]
    grouped = {*on_postgres, *with_programs}
    plain = [each for each in items if each not in grouped]
    first = max(0, len(items) // 2 - len(on_postgres))
    return [*on_postgres, *plain[:first], *with_programs, *plain[first:]]


def is_on_postgres(item: pytest.Item) -> bool:
    """Tell whether a test uses PostgreSQL; "database" and "store" say so by their parameter."""
    callspec = getattr(item, "callspec", None)
    is_chosen = callspec is not None and "postgresql" in callspec.params.values()
    return is_chosen or bool(POSTGRES & _fixtures(item))


def _fixtures(item: pytest.Item) -> frozenset[str]:
    return frozenset(getattr(item, "fixturenames", ()))
