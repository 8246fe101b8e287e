"""Find what a JSON schema leaves open: objects without keys, lists of anything, anything at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def whole(schema: Any) -> Iterator[Any]:
    """Return a schema and all that are within it."""
    yield schema
    if isinstance(schema, dict):
        inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
        inner += [each for name in ("anyOf", "oneOf", "allOf") for each in schema.get(name, [])]
        inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
        for each in inner:
            yield from whole(each)


def is_open(schema: Any) -> bool:
    """Whether a schema does not say what it describes."""
    if not isinstance(schema, dict):
        return True
    says = {"object": ("properties", "additionalProperties"), "array": ("items",)}
    known = says.get(schema.get("type", ""), ("type", "$ref", "anyOf", "oneOf", "allOf"))
    return not schema.keys() & set(known)
