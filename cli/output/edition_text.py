"""Write a comparison of two editions as plain text that can be filed as it is."""

from __future__ import annotations

import textwrap

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from reports.compare.layout import Paragraph, marked_text
from reports.text.plain import one_line
from reports.wording.citation import stamp
from reports.wording.edition_view import EditionView
from reports.wording.unread_lists import UNREAD_SENTENCES

WIDTH = 96
"""Columns of a filed page; a narrower terminal has its own."""


def edition_text(view: EditionView, place: str, width: int = WIDTH) -> str:
    """Return the text, in lines of ``width`` columns where words allow it.

    ``place`` is the name of the country or area. What is quoted is on indented lines of its own.
    """
    environment = Environment(
        loader=PackageLoader("cli"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
        return textwrap.fill(
            text,
            width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def quoted(text: str, mark: str = "") -> str:
        return wrapped(text, f"  {mark}", " " * (len(mark) + 2))

    environment.filters.update(
        marked=_marked, one_line=one_line, quoted=quoted, stamp=stamp, wrapped=wrapped
    )
    environment.globals["unread_title"] = UNREAD_SENTENCES
    return environment.get_template("compare.txt").render(view=view, place=place)


def _marked(pieces: Paragraph) -> str:
    return marked_text(pieces, lambda piece: one_line(piece.text))
