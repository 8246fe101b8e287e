"""What every JSON document is: a model whose fields are its keys, in their order."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A time in ISO 8601, UTC."""

Number = Annotated[int | float, WithJsonSchema({"type": "number"})]
"""A number that is written as it was given: 12 hours are not 12.0 hours."""


class JsonDocument(BaseModel):
    """A JSON document, or a part of one.

    A part whose fields are the attributes of a value, by name and type, is read from the value.
    """

    model_config = ConfigDict(
        frozen=True, from_attributes=True, populate_by_name=True, serialize_by_alias=True
    )

    def as_json(self) -> dict[str, Any]:
        """Return keys and values as ``json.dumps`` takes them; it also fits as its ``default``."""
        return self.model_dump()


class Refused(JsonDocument):
    """What a command prints that is refused or fails."""

    error: str


class Problem(JsonDocument):
    """An error of the API (RFC 9457): ``detail`` says what to do, and ``error`` repeats it.

    ``did_you_mean`` are names like one that is not known, if there are any.
    """

    type: str
    title: str
    status: int
    detail: str
    error: str
    did_you_mean: list[str] = Field(default_factory=list, exclude_if=lambda names: not names)
