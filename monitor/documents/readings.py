"""Lay out what a reader understood of a report: issues, facts, notes and sections as documents.

They are what ``show`` prints, what the API and the export give and what the report's page shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.facts.values import PARTS
from reports.model.notes import errata_date, note_kind
from reports.model.reading import Fact, Facts, Issue, IssueList, LeadIn, Section
from reports.topics.classify import Topic, facets_of, find_topics, taxonomy
from reports.topics.taxonomy import OUTLINES

Document = dict[str, Any]


def issues_document(issues: IssueList) -> Document:
    """Return an issue list: its status, why it is unparsed, its lead-ins and its items."""
    return {
        "status": issues.status.value,
        "reason": issues.reason,
        "leads": [_lead(each) for each in issues.leads],
        "items": [_issue(each) for each in issues.items],
    }


def taxonomy_document(issues: IssueList) -> Document:
    """Return the taxonomy's version and what it says of the topics that some issues carry."""
    named = {topic for issue in issues.items for topic in issue.topics}
    known = taxonomy()
    return {
        "version": known.version,
        "topics": [_topic(topic) for topic in known.topics if topic.id in named],
    }


def facts_document(facts: Facts) -> dict[str, Document | None]:
    """Return the structured facts by name; None where the summary does not say the part."""
    return {name: _fact(name, getattr(facts, name)) for name in PARTS}


def notes_document(notes: Iterable[str]) -> list[Document]:
    """Return notes with their kind, and the day an errata note says the report was updated."""
    return [
        {"text": text, "kind": note_kind(text).value, "updated_on": _day(text)} for text in notes
    ]


def section_document(section: Section) -> Document:
    """Return a section; ``subheadings`` are the indexes of the blocks that are headings."""
    return {
        "number": section.number,
        "heading": section.heading,
        "blocks": list(section.blocks),
        "subheadings": list(section.subheadings),
        "words": section.word_count,
        "section_sha256": section.section_sha256,
    }


def _lead(lead: LeadIn) -> Document:
    return {
        "text": lead.text,
        "block": lead.block,
        "start": lead.start,
        "scope": lead.scope,
        "is_hedged": lead.is_hedged,
    }


def _issue(issue: Issue) -> Document:
    """Return one issue; ``start`` of what matched counts from the beginning of the issue."""
    facets = facets_of(issue.text)
    return {
        "text": issue.text,
        "topics": list(issue.topics),
        "matched": [
            {"topic": match.topic, "words": match.words, "start": match.start}
            for match in find_topics(issue.text)
            if match.topic in issue.topics
        ],
        "actors": [
            {"actor": facet.facet, "words": facet.words, "start": facet.start}
            for facet in facets
            if facet.kind == "actor"
        ],
        "qualifiers": [
            {"qualifier": facet.facet, "words": facet.words, "start": facet.start}
            for facet in facets
            if facet.kind == "qualifier"
        ],
        "position": {"block": issue.block, "start": issue.start} if issue.block >= 0 else None,
        "rank": issue.rank.value,
        "lead": issue.lead if issue.lead >= 0 else None,
        "group": issue.group,
        "qualifier": issue.qualifier,
    }


def _topic(topic: Topic) -> Document:
    """Return what researchers join on; a section of None means that an outline has none."""
    sections = dict(topic.sections)
    return {
        "topic": topic.id,
        "name": topic.name,
        "group": topic.group,
        "rights": [
            {"instrument": instrument, "articles": list(articles)}
            for instrument, articles in topic.rights
        ],
        "instruments": list(topic.instruments),
        "ciri": list(topic.ciri),
        "is_pts": topic.is_pts,
        "sections": {outline: sections.get(outline) for outline in OUTLINES},
    }


def _fact(name: str, fact: Fact | None) -> Document | None:
    if fact is None:
        return None
    return {
        "value": fact.value,
        "meaning": PARTS[name].meaning(fact.value),
        "text": fact.text,
        "block": fact.block,
        "start": fact.start,
    }


def _day(text: str) -> str | None:
    day = errata_date(text)
    return day.isoformat() if day else None
