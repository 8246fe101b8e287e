"""The U.S. State Department's Report on International Religious Freedom, editions 2019 onward."""

from __future__ import annotations

import re
from datetime import date

from reports.model.countries import CountryTable, world
from reports.watch.rhythm import Rhythm
from scrapers.engines.wordpress_state import WORK_OF_THE_GOVERNMENT, WordPressState

_FURTHER = """
[[area]]
parent = "CHN"
part = "xinjiang"
user_code = "CN-XJ"
names = ["Xinjiang", "Xinjiang Uyghur Autonomous Region"]

[[country]]
code = "CHN"
names = [
  "China (Includes Hong Kong, Macau, Tibet, and Xinjiang)",
  "China (Includes Tibet, Xinjiang, Hong Kong, and Macau)",
  "China (Includes Xinjiang, Tibet, Hong Kong, and Macau)",
]
"""
"""What these reports name and the world's table does not: an area, and the names of hub pages."""


class UsStateReligiousFreedom(WordPressState):
    """``us-state-irf``: about 200 countries and areas a year, released in spring."""

    name = "us-state-irf"
    publisher = "U.S. Dep't of State, Office of International Religious Freedom"
    author = "Office of International Religious Freedom"
    parent = "U.S. Department of State"
    bluebook = "Off. of Int'l Religious Freedom, U.S. Dep't of State"
    licence = WORK_OF_THE_GOVERNMENT
    family = "Report on International Religious Freedom"
    short_name = "US religious freedom"
    hosts = ("www.state.gov", "2017-2021.state.gov", "2021-2025.state.gov")
    editions = ("2019", "2020", "2021", "2022", "2023")
    reader_revision = 2
    rhythm = Rhythm(
        timezone="America/New_York",
        opens=(4, 1),
        closes=(7, 31),
        window_hours=1,
        releases={
            "2019": date(2020, 6, 10),
            "2020": date(2021, 5, 12),
            "2021": date(2022, 6, 2),
            "2022": date(2023, 5, 15),
            "2023": date(2024, 6, 26),
        },
    )
    promise_hours = 48
    path = "/reports/{edition}-report-on-international-religious-freedom/"
    collection_path = "/international-religious-freedom-reports/"
    heading = re.compile(
        r"(?P<edition>\d{4})\s+Reports? on International Religious Freedom"
        r"(?:\s*:\s*(?P<name>.*))?",
        re.I | re.S,
    )

    @property
    def countries(self) -> CountryTable:
        """The table of real countries, with Xinjiang and the names of these reports' hub pages."""
        return world(_FURTHER)
