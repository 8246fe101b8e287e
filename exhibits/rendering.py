"""Render templates so that scraped text can do no harm: escaped, and nothing in it invisible."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.text.plain import fully_visible, shortened, visible, web_url
from reports.wording.changes import MARKED_WORDS, kept_line
from reports.wording.citation import page_for_people, stamp
from reports.wording.unread_lists import (
    LISTS_TITLE,
    PARTIAL_LISTS,
    UNREAD_SENTENCES,
    list_of,
    unread_in_version,
)
from scrapers.registry import place_name

FOLDER = Path(__file__).parent
STYLESHEET = FOLDER / "static" / "style.css"


def render(template: str, **context: Any) -> str:
    """Return what a template makes of its context."""
    return _environment().get_template(template).render(context)


def render_alone(template: str, **context: Any) -> str:
    """Return a template's HTML with the stylesheet in it."""
    return render(template, style=STYLESHEET.read_text("utf-8"), **context)


def make_environment(*folders: Path) -> Environment:
    """Return an environment that finds the templates of exhibits and of some more folders.

    Autoescape is on, and every printed text is made visible first.
    """
    made = Environment(
        loader=FileSystemLoader([*folders, FOLDER / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clipped=clipped,
        fully_visible=fully_visible,
        human=human_time,
        kept_line=kept_line,
        list_of=list_of,
        outward=web_url,
        page_for_people=page_for_people,
        place=place_name,
        stamp=stamp,
        unread_in_version=unread_in_version,
    )
    made.globals.update(
        lists_title=LISTS_TITLE,
        marked_words=MARKED_WORDS,
        unread_title=UNREAD_SENTENCES,
        partial_lists=PARTIAL_LISTS,
    )
    return made


@cache
def _environment() -> Environment:
    return make_environment()


def _harmless(value: object) -> object:
    """Name control and direction characters in every text a template prints."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def clipped(value: object, most: int) -> str:
    """Return a value as one line of at most so many characters, cut between words if it can be.

    What is no text is made one.
    """
    return shortened(str(value), most)


def human_time(when: datetime) -> str:
    """Return "1 May 2026, 09:05 UTC"."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
