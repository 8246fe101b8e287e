"""One answer of the GOV.UK content API: the fields that matter, each of the type it should be.

Whatever is missing or of another type is empty: the API's schemas let most fields be absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bs4 import BeautifulSoup

from reports.model.notes import day_for_people
from reports.text.canonical import canonical_block
from scrapers.read.page import Block, blocks

_IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")
_FILE = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9._~/%+-]{1,400}")
_SUFFIX = re.compile(r"\.([A-Za-z]{2,4})$")
_ACCESSIBLE = re.compile(r"\s*\((?:accessible|accessible version|HTML|PDF|web)\)\s*$", re.I)
_SITE = "https://www.gov.uk"
_SAMPLE = 20_000
_BEYOND_LATIN = "\u0250"
HTML_DOCUMENT = "html_publication"
"""The type of an HTML document that is attached to a publication."""


@dataclass(frozen=True)
class Attachment:
    """A document attached to a publication.

    ``path`` is that of an HTML one, ``file`` the address of any other; either may be ``""``.
    """

    title: str
    path: str
    file: str = ""

    @property
    def link(self) -> str:
        """Where it leads and what it is: "PDF: https://…"; ``""`` if that is not known."""
        if self.path:
            return f"HTML: {_SITE}{self.path}"
        suffix = _SUFFIX.search(self.file)
        return f"{suffix[1].upper() if suffix else 'file'}: {self.file}" if self.file else ""


@dataclass(frozen=True)
class ChangeNote:
    """What the publisher says was changed, and when (ISO 8601)."""

    note: str
    at: str


@dataclass(frozen=True)
class Document:
    """A content item. ``content_id`` stays the same when title and address change.

    ``body`` is HTML; ``parent_title`` and ``parent_path`` are of the publication an HTML document
    is attached to. ``withdrawn`` is the publisher's explanation; it and ``withdrawn_at`` are ``""``
    if nothing was withdrawn. ``locale`` is the language's tag, ``""`` if none is given.
    """

    content_id: str
    kind: str
    title: str
    description: str
    path: str
    body: str
    published_at: str
    withdrawn: str
    withdrawn_at: str
    changes: tuple[ChangeNote, ...]
    attachments: tuple[Attachment, ...]
    parent_title: str
    parent_path: str
    locale: str = ""

    @property
    def latest_change(self) -> ChangeNote | None:
        """The newest change note; the first of those of one moment."""
        return max(self.changes, key=lambda each: each.at, default=None)

    @property
    def listed(self) -> tuple[str, ...]:
        """What is attached, each title once with all its links: the HTML and the PDF of it."""
        found: dict[str, list[Attachment]] = {}
        for each in self.attachments:
            if each.title:
                found.setdefault(bare_title(each.title).casefold(), []).append(each)
        return tuple(map(_with_links, found.values()))

    def as_item(self) -> dict[str, Any]:
        """Return the item again with nothing but what is read of it: equal items read equally."""
        return {
            "content_id": self.content_id,
            "document_type": self.kind,
            "title": self.title,
            "description": self.description,
            "base_path": self.path,
            "locale": self.locale,
            "withdrawn_notice": {"explanation": self.withdrawn, "withdrawn_at": self.withdrawn_at},
            "details": {
                "body": self.body,
                "change_history": [
                    {"note": each.note, "public_timestamp": each.at} for each in self.changes
                ],
                "attachments": [
                    {"attachment_type": "html", "title": each.title, "url": each.path}
                    if each.path
                    else {"title": each.title, "url": each.file}
                    for each in self.attachments
                ],
            },
            "links": {"parent": [{"title": self.parent_title, "base_path": self.parent_path}]},
        }


def parse(body: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object that a body is, None if it is none."""
    try:
        item = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return item if isinstance(item, dict) else None


def document_of(item: Mapping[str, Any]) -> Document:
    """Return the document that a content item is."""
    details, links = _object(item.get("details")), _object(item.get("links"))
    notice = _object(item.get("withdrawn_notice"))
    parent = next(iter(objects(links.get("parent"))), {})
    found = _IDENTITY.fullmatch(text(item.get("content_id")).lower())
    return Document(
        found[0] if found else "",
        text(item.get("document_type")),
        text(item.get("title")),
        text(item.get("description")),
        path(item.get("base_path")),
        markup_of(details.get("body")),
        text(item.get("first_published_at")),
        " ".join(said(markup_of(notice.get("explanation")))),
        text(notice.get("withdrawn_at")),
        tuple(
            ChangeNote(text(each.get("note")), text(each.get("public_timestamp")))
            for each in objects(details.get("change_history"))
        ),
        _attachments(details, links),
        text(parent.get("title")),
        path(parent.get("base_path")),
        text(item.get("locale")),
    )


def foreign(document: Document) -> str:
    """Return why a document is not in English, ``""`` if it is: no other language is read."""
    if document.locale and document.locale.partition("-")[0].casefold() != "en":
        return f"it is in another language ({document.locale[:20]}), and English alone is read"
    letters = [each for each in document.title + document.body[:_SAMPLE] if each.isalpha()]
    latin = sum(each < _BEYOND_LATIN for each in letters)
    if letters and latin < len(letters) / 2:
        return "it is in another script, and English alone is read"
    return ""


def notes_of(document: Document) -> Iterator[str]:
    """Yield the notes beside a document's words: that it was withdrawn, and its last change."""
    if document.withdrawn or document.withdrawn_at:
        yield f"Withdrawn{_on(document.withdrawn_at)}: {document.withdrawn or 'no reason given'}"
    if change := document.latest_change:
        yield f"Change note{_of(change.at)}: {change.note}"


def _on(moment: str) -> str:
    return f" on {day}" if (day := _day(moment)) else ""


def _of(moment: str) -> str:
    return f" of {day}" if (day := _day(moment)) else ""


def _day(moment: str) -> str:
    try:
        return day_for_people(datetime.fromisoformat(moment).date())
    except ValueError:
        return ""


def objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string in canonical form, ``""`` for anything else."""
    return canonical_block(value.replace("\x00", "")) if isinstance(value, str) else ""


def path(value: object) -> str:
    """Return the path of a page on the site, ``""`` for anything else."""
    return value if isinstance(value, str) and _PATH.fullmatch(value) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def markup_of(value: object) -> str:
    """Return HTML, which some items give as a list of one text in several formats."""
    if isinstance(value, str):
        return value
    formats = {text(each.get("content_type")): each.get("content") for each in objects(value)}
    content = formats.get("text/html")
    return content if isinstance(content, str) else ""


def said(markup: str) -> list[str]:
    """Return the paragraphs and headings of a piece of HTML."""
    return [block.text for block in flow_of(markup)]


def flow_of(markup: str) -> list[Block]:
    """Return a piece of HTML as headings and paragraphs."""
    return blocks(markup.encode("utf-8", "replace"))


def bare_title(title: str) -> str:
    """Return a document's title without the remark that it is the accessible one."""
    return _ACCESSIBLE.sub("", title)


def _with_links(same: list[Attachment]) -> str:
    """Return a title with the links of all documents that bear it."""
    links = tuple(dict.fromkeys(filter(None, (each.link for each in same))))
    title = bare_title(same[0].title) if len(links) > 1 else same[0].title
    return f"{title} ({'; '.join(links)})" if links else title


def _attachments(details: Mapping[str, Any], links: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Return what is attached: what is described as such, and HTML documents that are children."""
    described = tuple(_described(details))
    known = {each.path for each in described}
    children = (
        Attachment(text(each.get("title")), path(each.get("base_path")))
        for each in objects(links.get("children"))
        if text(each.get("document_type")) == HTML_DOCUMENT
    )
    return (*described, *(each for each in children if each.path not in known))


def _described(details: Mapping[str, Any]) -> Iterator[Attachment]:
    """Yield what is described as attached; older items describe it in HTML alone."""
    known = objects(details.get("attachments"))
    for each in known:
        url = each.get("url")
        is_page = text(each.get("attachment_type")) == "html"
        yield Attachment(
            text(each.get("title")), path(url) if is_page else "", "" if is_page else _file(url)
        )
    snippets = details.get("documents") if not known else ()
    for snippet in snippets if isinstance(snippets, list) else ():
        links = BeautifulSoup(snippet, "lxml").find_all("a") if isinstance(snippet, str) else []
        titled = next((link for link in links if text(link.get_text(" "))), None)
        if titled is not None:
            href = titled.get("href")
            is_page = path(href).startswith("/government/publications/")
            title = text(titled.get_text(" "))
            yield Attachment(title, path(href) if is_page else "", "" if is_page else _file(href))


def _file(value: object) -> str:
    """Return the address of a file, ``""`` for anything else."""
    return value if isinstance(value, str) and _FILE.fullmatch(value) else ""
