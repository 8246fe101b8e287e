"""The API's description (OpenAPI): errors as they are really answered, and how to come in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from documents.document import Problem
from monitor.web.problems import PROBLEM

ABOUT = """\
What government reports said, version by version, and what changed.

Lists give everything unless `limit` is given; then a `Link` header with `rel="next"` leads on by a
cursor, and nothing is missed or given twice while more comes in. Every answer has an `ETag`.
Reports, versions, changes and runs keep their names and numbers for ever. Times are ISO 8601 UTC.
Readers must accept new keys and new kinds of change. Absence of reporting is not evidence of
absence.
"""

_ERRORS = {
    "400": "A parameter that cannot be used; the answer names it.",
    "401": "A password or token is needed, or the one given opens nothing.",
    "403": "This is for operators, or was sent from a page of another site.",
    "404": "There is no such thing; the answer says where to look.",
    "429": "Too much was asked in too short a time; `Retry-After` may say when to come again.",
    "503": "The database does not answer; try again in a minute.",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=ABOUT, routes=app.routes
        )
        for path in made["paths"].values():
            for method, operation in path.items():
                _describe_answers(operation["responses"], is_read=method == "get")
        components = made.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        components["securitySchemes"] = {
            "password": {"type": "http", "scheme": "basic"},
            "token": {"type": "http", "scheme": "bearer"},
        }
        made["security"] = [{}, {"password": []}, {"token": []}]
        app.openapi_schema = made
    return app.openapi_schema


def _describe_answers(responses: dict[str, Any], *, is_read: bool) -> None:
    responses.pop("422", None)  # what cannot be used is answered with 400
    if is_read:
        responses["304"] = {"description": "The asker has it already."}
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, says in _ERRORS.items():
        responses[status] = {"description": says, "content": content}
