"""The bundled sample site: a fictional family on the WordPress engine, for trials and tests."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from reports.model.countries import CountryTable, load_table
from reports.watch.rhythm import Rhythm
from scrapers.engines.wordpress_state import WordPressState


class SampleReports(WordPressState):
    """``sample-hrr``: fictional countries, the real template's structure."""

    name = "sample-hrr"
    publisher = "Meridian Union, Bureau of Civic Reporting"
    author = "Bureau of Civic Reporting"
    parent = "Meridian Union"
    bluebook = "Bureau of Civic Reporting, Meridian Union"
    family = "Country Reports on Civic Conditions"
    short_name = "Sample"
    hosts = ("sample.reportwatch.example",)
    editions = ("2022", "2023")
    reader_revision = 2
    has_issue_lists = True
    rhythm = Rhythm(window_hours=1)
    path = "/reports/{edition}-country-reports-on-civic-conditions/"
    collection_path = "/country-reports-on-civic-conditions/"
    heading = re.compile(
        r"(?P<edition>\d{4})\s+Country Reports? on Civic Conditions(?:\s*:\s*(?P<name>.*))?",
        re.I | re.S,
    )

    @property
    def countries(self) -> CountryTable:
        """The fictional countries, kept with the site's pages."""
        return _fictional()


@cache
def _fictional() -> CountryTable:
    rows = resources.files("deployments").joinpath("sample_site", "countries.toml")
    return load_table(rows.read_text("utf-8"))
