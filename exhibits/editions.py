"""A comparison of two editions as one HTML document."""

from __future__ import annotations

from exhibits.rendering import render_alone
from reports.compare.editions import EditionComparison
from reports.model.values import VersionView
from reports.wording.edition_view import lay_out_editions
from scrapers.registry import publisher_of


def render_comparison_html(
    before: VersionView, after: VersionView, compared: EditionComparison
) -> str:
    """Return a comparison of editions as one HTML document that needs no other file."""
    publisher = publisher_of(after.report.source)
    view = lay_out_editions(before, after, compared, publisher)
    return render_alone("compare_alone.html", compared=view)
