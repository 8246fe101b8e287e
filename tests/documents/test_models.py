"""Every model says all it holds, and writes what it was given."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from open_schemas import is_open, whole
from pydantic import ValidationError

import documents
from documents.diff import MoveDocument, Piece
from documents.document import JsonDocument
from documents.health import SourceHealth
from documents.operations import Exported
from documents.reports import Latest
from documents.runs import ImportedFile, RunFailure, RunParameters


def every_model(above: type[JsonDocument] = JsonDocument) -> Iterator[type[JsonDocument]]:
    for module in pkgutil.iter_modules(documents.__path__):
        import_module(f"documents.{module.name}")
    for model in above.__subclasses__():
        yield model
        yield from every_model(model)


def test_no_model_leaves_open_what_it_holds() -> None:
    models = set(every_model())
    assert len(models) >= 100
    schemas = [each for model in models for each in whole(model.model_json_schema())]
    assert len(schemas) >= 1000
    assert [each for each in schemas if is_open(each)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"title": "Anything"},
        {"type": "object"},
        {"type": "object", "additionalProperties": True},
        {"type": "array"},
        {"type": "array", "items": {}},
        {"type": "object", "properties": {"anything": {"title": "Anything"}}},
        {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "object"}}]},
    ],
)
def test_what_a_schema_leaves_open_is_found(schema: dict[str, Any]) -> None:
    assert any(map(is_open, whole(schema)))


def test_every_model_says_what_it_is() -> None:
    models = set(every_model())
    assert len(models) >= 100
    assert all(model.__doc__ and "__doc__" in vars(model) for model in models)
    assert len({model.__name__ for model in models}) == len(models)


def test_only_words_that_moved_name_their_move() -> None:
    assert Piece(op="equal", text="a").as_json() == {"op": "equal", "text": "a"}
    assert Piece(op="insert", text="a", move=2).as_json()["move"] == 2


def test_a_move_says_from_where_to_where() -> None:
    moved = MoveDocument(
        move=1, words=9, paragraphs=1, origin="the summary", destination="Section 1"
    )
    keys = ["move", "words", "paragraphs", "from", "to"]
    assert list(moved.as_json()) == keys
    assert MoveDocument.model_validate(moved.as_json()) == moved


def test_a_run_was_asked_for_what_its_parameters_name() -> None:
    assert RunParameters().as_json() == {}
    asked: dict[str, Any] = {"reader_revision": 3, "editions": []}
    assert RunParameters(**asked).as_json() == asked


def test_a_number_is_written_as_it_was_given() -> None:
    health: dict[str, Any] = {"source": "a", "last_ok_at": None, "fresh": True, "stale_since": None}
    for hours in (12, 12.0, 1.5):
        shown = SourceHealth(**health, promise_hours=hours).as_json()["promise_hours"]
        assert (shown, type(shown)) == (hours, type(hours))


def test_a_file_name_need_not_be_text() -> None:
    name = "page\udcff.html"
    assert Exported(path=name, format="jsonl", versions=1).as_json()["path"] == name
    assert ImportedFile(file=name, report="", how="none").as_json()["file"] == name
    assert RunFailure(url=name, outcome="unreadable", reason="").as_json()["url"] == name


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError, match="text_sha256"):
        Latest(number=1, text_sha256=2, first_seen_at="", last_seen_at="")
