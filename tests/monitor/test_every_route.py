"""The walk over every route finds every route: two other ways to count them agree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from every_route import METHODS, Route, every_path, every_route
from fastapi import APIRouter, FastAPI
from monitor_stage import settings_for

import monitor
from monitor.app import create_app, stateless_routers
from services.assembly import Parts, open_parts

ROUTES, ADDRESSES = 235, 114
"""Counted by hand. Whoever adds a route decides who may see it (``monitor/doors/rights.py``), says
so in the table of pages (``docs/operations/monitor.md``), and writes the new number here."""


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with open_parts(settings_for(tmp_path)) as opened:
        yield opened


def test_there_are_so_many_routes(parts: Parts) -> None:
    found = every_route(create_app(parts))
    assert (len(found), len({each.path for each in found})) == (ROUTES, ADDRESSES)
    assert len(every_path(create_app(parts))) == ADDRESSES * len(METHODS)


def test_the_walk_finds_what_was_declared(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the routes as they are declared, before any table is made of them."""
    declared: list[Route] = []
    declare = APIRouter.add_api_route

    def note(router: APIRouter, path: str, endpoint: Any, **options: Any) -> None:
        declared.extend(Route(path, method) for method in options.get("methods") or ["GET"])
        declare(router, path, endpoint, **options)

    monkeypatch.setattr(APIRouter, "add_api_route", note)
    stateless_routers.cache_clear()
    app = create_app(parts)
    described = [Route(str(app.openapi_url), method) for method in ("GET", "HEAD")]
    assert len(declared) > 100
    assert sorted([*declared, *described]) == every_route(app)


def test_every_router_of_the_monitor_is_included(parts: Parts) -> None:
    """Count the functions that return routers, in the text of the program."""
    written = {
        node.name
        for file in Path(monitor.__file__).parent.rglob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or node) == "APIRouter"
    }
    app = create_app(parts)
    included = [each for each in app.routes if hasattr(each, "original_router")]
    assert len(written) == len(included) == 33


def test_a_walk_in_the_wrong_place_is_no_walk() -> None:
    with pytest.raises(AssertionError):
        every_route(FastAPI())
