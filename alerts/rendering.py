"""Render the templates of what readers are told: HTML escaped, a name that is missing an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.redline import Paragraph
from reports.compare.diff import Op
from reports.text.plain import counted

_EMPTY_LINES = re.compile(r"\n{3,}")
_INLINER = CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


def render(template: str, shown: Mapping[str, object]) -> str:
    """Return a text or a whole HTML page of ``alerts/templates`` with what it is to show.

    A page's styles are on its elements, since many mail programs take away all others.
    """
    rendered = _templates().get_template(template).render(shown)
    if template.endswith(".html"):
        return _INLINER.inline(rendered)
    return _EMPTY_LINES.sub("\n\n", rendered)


def render_entry(shown: Mapping[str, object]) -> str:
    """Return the HTML of a feed's entry: styles on its elements, colours those of the reader."""
    entry = _templates().get_template("entry.html").render(shown)
    return _INLINER.inline_fragment(entry, _templates().get_template("story.css").render())


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
