"""Render templates so that scraped text can do no harm: escaped, and nothing in it invisible."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.web import links
from monitor.web.names import place_name, publisher_of
from monitor.web.visitor import visitor
from reports.notices.address import shown_address
from reports.text.plain import fully_visible, one_line, visible, web_url
from reports.wording.changes import topic_name
from reports.wording.citation import page_for_people, stamp

FOLDER = Path(__file__).parents[1]
STYLESHEET = FOLDER / "static" / "style.css"

MENU_MARK = Markup("<!--menu-->")
"""Stands for the menu in a page that is kept: no text of a page can hold it unescaped."""


def render(template: str, **context: Any) -> str:
    """Return a template's HTML."""
    return environment().get_template(template).render(context)


def with_menu(kept: str, here: str) -> str:
    """Return a page that was rendered for nobody in particular, with its visitor's own menu."""
    return kept.replace(MENU_MARK, render("_menu.html", here=here), 1)


@cache
def environment() -> Environment:
    """Return the one environment: autoescape on, every printed text made visible first."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
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
        outward=web_url,
        page_for_people=page_for_people,
        place=place_name,
        publisher=publisher_of,
        shown_address=shown_address,
        stamp=stamp,
        topic=topic_name,
    )
    made.globals.update(
        all_changes_feed=links.ALL_CHANGES,
        captured_path=links.captured_path,
        change_path=links.change_path,
        country_feed=links.country_feed,
        diff_path=links.diff_path,
        list_path=links.list_path,
        menu_mark=MENU_MARK,
        report_feed=links.report_feed,
        report_path=links.report_path,
        source_feed=links.source_feed,
        topic_feed=links.topic_feed,
        topic_path=links.topic_path,
        form_token=lambda path: visitor().token(path),
        visitor=visitor,
        version_path=links.version_path,
    )
    return made


def _harmless(value: object) -> object:
    """Name control and direction characters in every text a template prints."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def clipped(value: object, most: int) -> str:
    """Return a value as one line of at most so many characters; what is no text is made one."""
    return one_line(str(value), most)


def human_time(when: datetime) -> str:
    """Return "1 May 2026, 09:05 UTC"."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
