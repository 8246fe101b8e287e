"""The series that a note belongs to: its country's notes on one subject, edition after edition.

Each edition has a title, an address and often an identifier of its own. What stays is the kind of
document and its subject: the title without month, country and filler.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reports.model.countries import fold
from reports.model.notes import MONTHS

PIECES = re.compile(r"\s*[:,()]\s*|\s+[-\u2013\u2014]\s+")
"""What parts the pieces of a title."""

_SHORT = tuple(name[:3] for name in MONTHS)
_MONTH = f"(?:{'|'.join((*MONTHS, 'sept', *_SHORT))})"
_WHEN = re.compile(
    rf"\b(?:(?:\d{{1,2}} )?{_MONTH} )?(?:19|20)\d{{2}}\b"
    r"|\b(?:version|v) ?\d{1,3}(?: \d{1,3}){0,3}\b"
)
_REMARKS = re.compile(
    r"\b(?:accessible(?: version)?|html(?: version)?|pdf|web version|updated|revised|cpin|cig)\b"
)
_LEADING = re.compile(r"^(?:in|of|from|on|about|the|a|an|and|for)\b ?")
_TRAILING = re.compile(r" ?\b(?:in|of|from|on|about|the|a|an|and|for)$")

_LISTED = re.compile(r"(?P<title>.+) \((?P<links>(?:[A-Z]{2,4}|file): [^()]+)\)")
_DATED = re.compile(rf"\b({_MONTH}) ((?:19|20)\d{{2}})\b", re.I)

_KINDS = (
    (re.compile(r"country (?:policy and )?information(?: and (?:guidance|policy))? notes?"), ""),
    (re.compile(r"country information and (?:guidance|policy)(?: notes?)?"), ""),
    (re.compile(r"country (?:information )?bulletins?"), "bulletin"),
    (re.compile(r"country background notes?"), "background"),
    (re.compile(r"(?:country of origin information|coi) (?:reports?|reviews?)"), "coi"),
    (re.compile(r"(?:report of (?:a )?)?fact finding missions?(?: reports?)?"), "mission"),
)
"""What documents are called, and the kind they are; the one without a name is the note."""


def series_of(title: str, names: Iterable[str], renamed: Sequence[Sequence[str]]) -> str:
    """Return what stays of a title from one edition to the next, ``""`` if no subject does.

    ``names`` are those of the country; ``renamed`` are groups of subjects that are one and the
    same under another name.
    """
    text = fold(" , ".join(PIECES.split(title)).replace(" , ", " "))
    text = _REMARKS.sub(" ", _WHEN.sub(" ", text))
    kind = ""
    for pattern, name in _KINDS:
        text, count = re.subn(rf"\b{pattern.pattern}\b", " ", text)
        kind = kind or (name if count else "")
    for each in sorted({fold(name) for name in names} - {""}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(each)}\b", " ", text)
    subject = _trimmed(" ".join(text.split()))
    for group in renamed:
        if subject in group:
            subject = group[0]
    return f"{kind}/{subject}" if subject else ""


def month_of(title: str) -> tuple[int, int]:
    """Return the year and month that a title names last, (0, 0) for none."""
    found = _DATED.findall(title)
    return (int(found[-1][1]), _SHORT.index(found[-1][0][:3].lower()) + 1) if found else (0, 0)


def files_alone(listed: Iterable[str]) -> list[tuple[str, str]]:
    """Return the titles and links of what a publication lists without an HTML document."""
    found = [each for block in listed if (each := _LISTED.fullmatch(block))]
    return [(each["title"], each["links"]) for each in found if "HTML: " not in each["links"]]


def _trimmed(subject: str) -> str:
    """Leave out the little words that a country's name leaves behind at either end."""
    while (cut := _TRAILING.sub("", _LEADING.sub("", subject))) != subject:
        subject = cut
    return subject
