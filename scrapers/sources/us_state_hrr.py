"""The U.S. State Department's Country Reports on Human Rights Practices.

Watched are the editions from 2016 on; older pages, kept on the publisher's archive hosts, are read
if somebody brings one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from reports.model.countries import CountryTable, world
from reports.model.values import Page
from reports.text.addresses import split_address
from reports.watch.rhythm import Rhythm
from scrapers.engines import state_archive
from scrapers.engines.wordpress_state import WORK_OF_THE_GOVERNMENT, WordPressState
from scrapers.read.header import Header, original


class UsStateHumanRights(WordPressState):
    """``us-state-hrr``: about 200 countries and areas a year."""

    name = "us-state-hrr"
    publisher = "U.S. Dep't of State, Bureau of Democracy, Human Rights, and Labor"
    author = "Bureau of Democracy, Human Rights, and Labor"
    parent = "U.S. Department of State"
    bluebook = "Bureau of Democracy, Hum. Rts. & Lab., U.S. Dep't of State"
    licence = WORK_OF_THE_GOVERNMENT
    family = "Country Reports on Human Rights Practices"
    short_name = "US human rights"
    hosts = (
        "www.state.gov",
        "2017-2021.state.gov",
        "2021-2025.state.gov",
        "2009-2017.state.gov",
        "2001-2009.state.gov",
        "1997-2001.state.gov",
    )
    editions = ("2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024")
    reader_revision = 4
    has_issue_lists = True
    rhythm = Rhythm(
        timezone="America/New_York",
        opens=(2, 1),
        closes=(8, 31),
        window_hours=1,
        releases={
            "2016": date(2017, 3, 3),
            "2017": date(2018, 4, 20),
            "2018": date(2019, 3, 13),
            "2019": date(2020, 3, 11),
            "2020": date(2021, 3, 30),
            "2021": date(2022, 4, 12),
            "2022": date(2023, 3, 20),
            "2023": date(2024, 4, 22),
            "2024": date(2025, 8, 12),
        },
    )
    path = "/reports/{edition}-country-reports-on-human-rights-practices/"
    collection_path = (
        "/reports-bureau-of-democracy-human-rights-and-labor/"
        "country-reports-on-human-rights-practices/"
    )
    heading = re.compile(
        r"(?P<edition>\d{4})\s+Country Reports? on Human Rights Practices(?:\s*:\s*(?P<name>.*))?",
        re.I | re.S,
    )

    archives = ("2021-2025.state.gov", "2017-2021.state.gov")
    """Hosts that keep the pages of www.state.gov under the same paths, newest first."""

    @property
    def countries(self) -> CountryTable:
        """The table of real countries."""
        return world()

    def archived_urls(self, url: str) -> tuple[str, ...]:
        """Return where the publisher's archive hosts may keep a page of the main host."""
        parts = split_address(url)
        if parts.hostname != self.hosts[0]:
            return ()
        folder = parts.path.rstrip("/") + "/"
        paths = (folder, f"{folder}index.html")
        return tuple(f"https://{host}{path}" for host in self.archives for path in paths)

    def edition_of(self, url: str) -> str:
        """Return the edition named by the address of a page of any age, or ``""``."""
        return super().edition_of(url) or state_archive.edition_of(original(url))

    def region(self, body: bytes) -> bytes:
        """Return the bytes that carry the report, on a page of any age."""
        return super().region(body) or state_archive.region(body)

    def shell(self, body: bytes) -> str:
        """Return why a page is a shell: the viewers of 2011 to 2017 hold no text."""
        return state_archive.VIEWER if state_archive.is_viewer(body) else super().shell(body)

    def other_family(self, body: bytes, url: str) -> str:
        """Return why a page is a report of another family, ``""`` if that is not known."""
        return "" if self._archived(body, url) else super().other_family(body, url)

    def read(self, body: bytes, url: str) -> Page:
        """Return the reports on a page of any age."""
        page = super().read(body, url)
        if page.reports or page.undecided:
            return page
        found = self._archived(body, url)
        return self._decide_archived(found, url, page) if found else page

    def read_text(self, text: str, url: str) -> Page:
        """Return the reports of a page of any age, saved as plain text."""
        page = super().read_text(text, url)
        if any(found.reading.blocks for found in page.reports):
            return page
        found = state_archive.read_lines(text, self._is_place)
        older = self._decide_archived(found, url, page) if found and found.editions else page
        return older if older.reports else page

    def _archived(self, body: bytes, url: str) -> state_archive.ArchivedReport | None:
        """Return what an older page says, if its lines or its address name this family."""
        address = url or self.page_url(body)
        targets = self._targets(address)
        found = state_archive.read_region(state_archive.region(body), self._is_place, targets)
        named = found and (found.editions or self.edition_of(address))
        return found if named else None

    def _decide_archived(self, found: state_archive.ArchivedReport, url: str, page: Page) -> Page:
        decided = self._decide(self._header(found), url or page.canonical_url, found.reading)
        return replace(
            decided,
            published_on=found.published_on or page.published_on,
            canonical_url=page.canonical_url,
            shape=found.shape,
            form=found.form,
        )

    def _header(self, found: state_archive.ArchivedReport) -> Header:
        """Return an older page's title lines in the form of today's heading and breadcrumb."""
        edition = next(iter(found.editions), "")
        title = f"{edition} {self.family}: {found.name}" if edition else found.name
        others = [other for other in found.editions if other != edition]
        return Header(title, tuple(f"{other} {self.family}" for other in others), found.current)

    def _is_place(self, line: str) -> bool:
        return self.countries.find(line) is not None
