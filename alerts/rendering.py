"""Render the templates of what readers are told: HTML escaped, a name that is missing an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.redline import Paragraph
from reports.compare.diff import Op
from reports.wording.changes import counted


def render(template: str, shown: Mapping[str, object]) -> str:
    """Return a template of ``alerts/templates`` with what it is to show."""
    return _templates().get_template(template).render(shown)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["counted"] = counted
    environment.tests["redlined"] = lambda part: isinstance(part, Paragraph)
    environment.tests["deleted"] = lambda piece: piece.op is Op.DELETE
    environment.tests["added"] = lambda piece: piece.op is Op.INSERT
    return environment
