"""The UK Home Office's Country Policy and Information Notes, over the GOV.UK content API."""

from __future__ import annotations

import re

from reports.model.countries import CountryTable, world
from reports.watch.rhythm import Rhythm, Rung
from scrapers.engines.govuk_content import GovukContent

_FURTHER = """
[[country]]
code = "MMR"
names = ["Myanmar (Burma)"]

[[area]]
parent = "ISR"
part = "west-bank-and-gaza"
names = [
    "Occupied Palestinian Territories",
    "The Occupied Palestinian Territories (OPTs)",
    "OPTs",
    "Palestine",
    "Palestinian territories",
    "State of Palestine",
    "West Bank",
    "Gaza",
]

[[area]]
parent = "CHN"
part = "hong-kong"
names = ["Hong Kong SAR"]

[[country]]
code = "ARE"
names = ["UAE"]
"""
"""Names that the publisher prints and the world's table lacks."""


class UkCountryPolicyNotes(GovukContent):
    """``uk-cpin``: one publication for each country, and the notes attached to it."""

    name = "uk-cpin"
    publisher = "UK Home Office"
    author = "Home Office"
    bluebook = "U.K. Home Off."
    licence = (
        "Open Government Licence v3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    )
    family = "Country Policy and Information Notes"
    short_name = "UK country notes"
    reader_revision = 2
    # The listing's dates move on major changes only: they bring a page forward and never put one
    # off for longer than a day.
    rhythm = Rhythm(timezone="Europe/London", listing_hours=6, ladder=(Rung(float("inf"), 24),))
    promise_hours = 48
    collection = "country-policy-and-information-notes"
    documents = re.compile(
        r"country[ -](?:policy[ -]and[ -]information|information[ -]and[ -]guidance)", re.I
    )
    renamed = (
        ("human trafficking", "trafficking", "modern slavery", "victims of trafficking"),
        (
            "sexual orientation and gender identity or expression",
            "sexual orientation and gender identity and expression",
            "sexual orientation and gender identity",
            "sexual orientation gender identity and expression",
        ),
        (
            "medical treatment and healthcare",
            "healthcare and medical treatment",
            "medical and healthcare provision",
            "medical and healthcare issues",
            "healthcare",
        ),
        ("women fearing domestic abuse", "women fearing domestic violence", "domestic violence"),
        ("security and humanitarian situation", "humanitarian and security situation"),
        ("prison conditions", "prison and detention conditions"),
    )
    slug_end = "-country-policy-and-information-notes"

    @property
    def countries(self) -> CountryTable:
        """The table of real countries, with the names that this publisher prints."""
        return world(_FURTHER)
