"""Write a DOCX file: a package of XML parts (ECMA-376) that holds nothing but what it shows.

The same words give the same bytes, whenever it is written. Its tracked changes are ``w:ins`` and
``w:del``, never ``w:moveFrom`` and ``w:moveTo``: Word is known to refuse files that hold these
("unreadable content"), and programs to show moved words twice or not at all. A move is told in a
footnote.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from exhibits.rendering import render
from reports.text.plain import one_line
from reports.wording.citation import stamp

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP archive can name
_LONGEST_AUTHOR = 120  # characters
_DOCUMENT = "word/document.xml"
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "docProps/core.xml": "core.xml",
    _DOCUMENT: "",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/footnotes.xml": "footnotes.xml",
    "word/footer1.xml": "footer.xml",
    "word/header1.xml": "header.xml",
    "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml",
    "word/styles.xml": "styles.xml",
}
"""The parts of the package and their templates; that of the document is asked for."""


def make_docx(
    template: str, *, title: str, subject: str, author: str, changed_at: datetime, **context: Any
) -> bytes:
    """Return a DOCX file with a template's words.

    ``author`` and ``changed_at`` are those of every tracked change. ``title`` and ``subject`` stand
    in the header and the document's properties.
    """
    footnotes: list[str] = []
    named = {"title": one_line(title), "subject": one_line(subject)}
    document = render(
        f"docx/{template}",
        author=one_line(author, _LONGEST_AUTHOR),
        changed_at=stamp(changed_at),
        revision=_counter(),
        footnote=_adder(footnotes),
        **named,
        **context,
    )
    others = {
        part: render(f"docx/{its_template}", footnotes=footnotes, **named)
        for part, its_template in _PARTS.items()
        if its_template
    }
    return _packed({part: others.get(part, document) for part in _PARTS})


def _counter() -> Callable[[], int]:
    """Return a function that gives each tracked change an id of its own."""
    numbers = count(1)
    return lambda: next(numbers)


def _adder(footnotes: list[str]) -> Callable[[str], int]:
    """Return a function that keeps the text of a footnote and gives its id, from 1."""

    def add(text: str) -> int:
        footnotes.append(text)
        return len(footnotes)

    return add


def _packed(parts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else it names the system that wrote it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return packed.getvalue()
