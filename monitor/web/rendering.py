"""Render the monitor's templates: as exhibits are, with the pages' addresses and their visitor."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from exhibits.rendering import make_environment
from monitor.web import links
from monitor.web.visitor import visitor
from reports.model.anchors import anchor_of
from reports.model.notes import note_label
from reports.notices.address import shown_address
from reports.wording.alarms import alarm_title
from reports.wording.changes import topic_name
from scrapers.registry import publisher_of, short_name

FOLDER = Path(__file__).parents[1]

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
    """Return the one environment."""
    made = make_environment(FOLDER / "templates")
    made.filters.update(
        alarm_title=alarm_title,
        note_label=note_label,
        publisher=publisher_of,
        short_name=short_name,
        shown_address=shown_address,
        topic=topic_name,
    )
    made.globals.update(
        all_changes_feed=links.ALL_CHANGES,
        anchor_of=anchor_of,
        captured_path=links.captured_path,
        cite_path=links.cite_path,
        evidence_path=links.evidence_path,
        change_path=links.change_path,
        country_feed=links.country_feed,
        diff_path=links.diff_path,
        list_path=links.list_path,
        paragraph_path=links.paragraph_path,
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
