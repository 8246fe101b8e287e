"""Who writes and who publishes a family of reports, as styles of citation name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Institution:
    """A family's publisher as one line names it, and taken apart for styles of citation.

    ``author`` is the body that wrote, ``parent`` the body it is a part of, ``""`` if it publishes
    by itself. ``bluebook`` names both, the smaller first, in the abbreviations of The Bluebook
    (rule 15.1(c), tables T6 and T10); ``""`` if it abbreviates nothing.
    """

    line: str
    author: str
    parent: str = ""
    bluebook: str = ""
