"""Give a citation as an entry for BibTeX, in which scraped text can run no command of TeX."""

from __future__ import annotations

from datetime import UTC
from urllib.parse import quote

from reports.wording.cited import MONTHS, Cited
from reports.wording.csl import citation_key, note

_TEX = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
"""How characters that mean something to TeX are written; braces stay in pairs, as BibTeX counts."""

_OF_ADDRESSES = ":/?#[]@!$&'()*,;=%-._~+"
"""Characters that an address may hold (RFC 3986); any other is written as its bytes."""


def bibtex_entry(cited: Cited) -> str:
    """Return the entry, in UTF-8 for BibTeX and biblatex; ``urldate`` is the day of the capture."""
    body = cited.institution
    issued = cited.issued
    fields = {
        "author": f"{{{_escaped(body.author)}}}" if body.author else "",
        "title": f"{{{_escaped(cited.title)}}}",
        "institution": f"{{{_escaped(body.parent or body.author)}}}",
        "edition": _escaped(cited.edition),
        "year": str(issued[0]) if issued else "",
        "month": MONTHS[issued[1] - 1][:3].lower() if len(issued) > 1 else "",
        "url": _address(cited.url),
        "urldate": f"{cited.captured_at.astimezone(UTC):%Y-%m-%d}",
        "note": _note(cited),
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value not in ("", "{}")
    ]
    return "\n".join([f"@techreport{{{citation_key(cited)},", *lines, "}"]) + "\n"


def _note(cited: Cited) -> str:
    kept = cited.archives[:1]
    archived = "".join(rf"; archived at \url{{{_address(each)}}}" for each in kept)
    return _escaped(note(cited)) + archived


def _escaped(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def _address(url: str) -> str:
    return quote(url, safe=_OF_ADDRESSES)
