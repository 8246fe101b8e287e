"""A content API on loopback: a collection, its publications and their notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from deployments.sample_site import SiteResponse, serve

JSON = "application/json; charset=utf-8"
ROOT = "/api/content"
COLLECTION = "/government/collections/country-policy-and-information-notes"
SITE = "https://www.gov.uk"


def answer(status: int, body: bytes, media_type: str = "text/html") -> SiteResponse:
    """Return a response of a media type."""
    return SiteResponse(status, {"Content-Type": media_type}, body)


def identity(number: int) -> str:
    """Return a content_id."""
    return f"{number:08x}-631a-4ac2-9c11-0123456789ab"


@dataclass
class Note:
    """A note attached to a publication, at ``path`` below it."""

    number: int
    path: str
    title: str
    summary: str
    withdrawn: str = ""


@dataclass
class Publication:
    """A country's publication."""

    number: int
    country: str
    notes: list[Note] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    withdrawn: str = ""

    @property
    def path(self) -> str:
        slug = self.country.lower().replace(" ", "-")
        return f"/government/publications/{slug}-country-policy-and-information-notes"

    @property
    def title(self) -> str:
        return f"{self.country}: country policy and information notes"


class ContentApi:
    """Answers the content API's paths; ``asked`` are those asked for."""

    def __init__(self, *publications: Publication) -> None:
        self.publications = list(publications)
        self.asked: list[str] = []
        self.stamp = 0
        self.listed_at = "2025-03-04T09:30:00Z"
        self.altered: dict[str, Callable[[], SiteResponse]] = {}
        self.unlisted: set[str] = set()
        self.replaced: dict[str, dict[str, Any]] = {}

    def render(self, target: str) -> SiteResponse:
        self.asked.append(target)
        if target in self.altered:
            return self.altered[target]()
        self.stamp += 1  # every answer differs in what does not matter
        item = self.items().get(target) or self.replaced.get(target)
        if item is None:
            return answer(404, b'{"message": "Not found"}', JSON)
        status = 410 if item["document_type"] == "gone" else 200
        return answer(status, json.dumps({**item, "updated_at": self.stamp}).encode(), JSON)

    def redirect(self, path: str, destination: str) -> None:
        """Publish a redirect item in the place of a document."""
        rule = {"path": path, "type": "exact", "destination": destination}
        item = {"base_path": path, "document_type": "redirect", "redirects": [rule]}
        self.replaced[ROOT + path] = item

    def take_away(self, publication: Publication, note: Note) -> None:
        """Detach a note, as the publisher does: its address leads to the publication."""
        publication.notes.remove(note)
        self.redirect(f"{publication.path}/{note.path}", publication.path)

    def take_back(self, publication: Publication, explanation: str, instead: str = "") -> None:
        """Take a publication back, with its notes."""
        for note in list(publication.notes):
            self.take_away(publication, note)
        self.publications.remove(publication)
        self.replaced[ROOT + publication.path] = {
            "base_path": publication.path,
            "document_type": "gone",
            "details": {"explanation": f"<p>{explanation}</p>", "alternative_path": instead},
        }

    def items(self) -> dict[str, dict[str, Any]]:
        """Return every content item by its path."""
        found = {ROOT + COLLECTION: self._collection()}
        for each in self.publications:
            found[ROOT + each.path] = _publication(each)
            for note in each.notes:
                found[f"{ROOT}{each.path}/{note.path}"] = _note(each, note)
        return found

    def _collection(self) -> dict[str, Any]:
        documents = [
            {
                "content_id": identity(each.number),
                "title": each.title,
                "base_path": each.path,
                "api_path": ROOT + each.path,
                "document_type": "guidance",
                "public_updated_at": self.listed_at,
                "withdrawn": bool(each.withdrawn),
                "locale": "en",
            }
            for each in self.publications
            if each.path not in self.unlisted
        ]
        return {
            "content_id": identity(1),
            "base_path": COLLECTION,
            "document_type": "document_collection",
            "title": "Country policy and information notes",
            "links": {"documents": documents},
        }


def _publication(each: Publication) -> dict[str, Any]:
    attachments = [
        {"attachment_type": "html", "title": note.title, "url": f"{each.path}/{note.path}"}
        for note in each.notes
    ]
    attachments += [
        {"attachment_type": "file", "title": title, "url": url} for title, url in each.files
    ]
    return {
        "content_id": identity(each.number),
        "base_path": each.path,
        "document_type": "guidance",
        "title": each.title,
        "description": "Notes for those who decide about lighthouse keepers.",
        "first_published_at": "2019-02-01T10:00:00Z",
        "withdrawn_notice": _notice(each.withdrawn),
        "details": {
            "body": "<p>These notes are kept up to date.</p>",
            "attachments": attachments,
            "change_history": [{"note": note, "public_timestamp": at} for at, note in each.changes],
        },
        "links": {},
    }


def _note(each: Publication, note: Note) -> dict[str, Any]:
    return {
        "content_id": identity(note.number),
        "base_path": f"{each.path}/{note.path}",
        "document_type": "html_publication",
        "title": note.title,
        "first_published_at": "2024-05-02T10:00:00Z",
        "withdrawn_notice": _notice(note.withdrawn),
        "details": {
            "body": f'<h2 id="executive-summary">Executive summary</h2><p>{note.summary}</p>'
            "<h2>Assessment</h2><p>Eleven clerks were asked.</p>"
        },
        "links": {"parent": [{"base_path": each.path, "title": each.title}]},
    }


def _notice(explanation: str) -> dict[str, str]:
    if not explanation:
        return {}
    return {"explanation": f"<p>{explanation}</p>", "withdrawn_at": "2025-03-04T09:30:00Z"}


def two_countries() -> ContentApi:
    """Return Chad with two notes, and Fiji without any."""
    pilots = Note(
        11,
        "river-pilots-may-2024-accessible",
        "Country policy and information note: river pilots, Chad, May 2024",
        "River pilots are licensed and seldom stopped.",
    )
    ferries = Note(
        12, "ferries-accessible", "Country policy and information note: ferries", "Nine."
    )
    return ContentApi(Publication(2, "Chad", [pilots, ferries]), Publication(3, "Fiji"))


@contextmanager
def serving(api: ContentApi) -> Iterator[str]:
    """Serve a content API; yields its origin."""
    with serve(api) as origin:
        yield origin
