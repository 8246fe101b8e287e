"""The U.S. State Department's Country Reports on Human Rights Practices, 2016 onward."""

from __future__ import annotations

import re

from reports.countries import CountryTable, world
from scrapers.engines.wordpress_state import WordPressState


class UsStateHumanRights(WordPressState):
    """``us-state-hrr``: about 200 countries and areas a year."""

    name = "us-state-hrr"
    publisher = "U.S. Dep't of State, Bureau of Democracy, Human Rights, and Labor"
    family = "Country Reports on Human Rights Practices"
    hosts = ("www.state.gov", "2017-2021.state.gov", "2021-2025.state.gov")
    editions = ("2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024")
    reader_revision = 1
    path = "/reports/{edition}-country-reports-on-human-rights-practices/"
    collection_path = (
        "/reports-bureau-of-democracy-human-rights-and-labor/"
        "country-reports-on-human-rights-practices/"
    )
    heading = re.compile(
        r"(?P<edition>\d{4})\s+Country Reports? on Human Rights Practices(?:\s*:\s*(?P<name>.*))?",
        re.I | re.S,
    )

    @property
    def countries(self) -> CountryTable:
        """The table of real countries."""
        return world()
