"""Recognise the statement that no significant human rights abuses were reported."""

from __future__ import annotations

import re

_GRAVE = r"(?:significant|egregious|serious|severe|major|systematic|widespread|gross)"
_ABUSES = (
    rf"(?:any )?(?:{_GRAVE} (?:or {_GRAVE} )?)?human rights (?:abuses|violations|issues|problems)"
)
_REPORTS = rf"(?:(?:credible|confirmed|substantiated|{_GRAVE}) )*(?:reports|allegations)"
_WHEN_AND_WHERE = (
    r"(?:,? (?:during the (?:reporting |calendar )?(?:year|period)(?: under review)?"
    r"|in the (?:country|territory|islands|principality)|in \d{4}"
    r"|(?:in|on) (?:the )?[A-Z][\w\u2019'-]*(?: (?:and |of |the )*[A-Z][\w\u2019'-]*)*))*"
)
_FRONT = (
    r"(?:(?:There were no significant changes [^.;]{0,200}?,? and |During the (?:reporting )?"
    r"(?:year|period),? |In \d{4},? |As in (?:the )?previous years?,? ))?"
)
_DENIAL = re.compile(
    rf"{_FRONT}"
    rf"(?:[Tt]here were (?:also )?no (?:{_REPORTS} of )?{_ABUSES}(?: reported| that were reported)?"
    rf"|[Nn]o {_ABUSES} were reported)"
    rf"{_WHEN_AND_WHERE}\.?"
)
_NARROWER = re.compile(rf"\bno {_REPORTS} ")


def denies_abuses(sentence: str) -> bool:
    """Return whether a sentence says, of the whole country, that no such abuses were reported."""
    return len(sentence) <= 600 and bool(_DENIAL.fullmatch(sentence))


def denies_in_part(sentence: str) -> bool:
    """Return whether a sentence denies reports, but not of all significant abuses."""
    return bool(_NARROWER.search(sentence))
