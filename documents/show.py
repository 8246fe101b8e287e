"""What one version of a report says: its text, and what a reader understood of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.model.notes import errata_date, note_kind
from reports.topics.classify import facets_of, find_topics, taxonomy
from reports.topics.taxonomy import OUTLINES
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.model.reading import Fact, Issue, IssueList, Section, Unread
    from reports.model.values import VersionView
    from reports.topics.classify import Topic
    from storage.read.report_rows import ReportView


class NoteDocument(JsonDocument):
    """A note; ``updated_on`` is the day on which an errata note says the report was updated."""

    text: str
    kind: str
    updated_on: str | None

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a note with its kind."""
        day = errata_date(text)
        return cls(
            text=text, kind=note_kind(text).value, updated_on=day.isoformat() if day else None
        )


class SectionDocument(JsonDocument):
    """A section; ``subheadings`` are the indexes of the blocks that are headings."""

    number: str
    heading: str
    blocks: list[str]
    subheadings: list[int]
    words: int
    section_sha256: str

    @classmethod
    def of(cls, section: Section) -> Self:
        """Return a section as it was read."""
        return cls(
            number=section.number,
            heading=section.heading,
            blocks=list(section.blocks),
            subheadings=list(section.subheadings),
            words=section.word_count,
            section_sha256=section.section_sha256,
        )


class LeadInDocument(JsonDocument):
    """The words that introduce a list of issues, in which block and from which character on."""

    text: str
    block: int
    start: int
    scope: str
    is_hedged: bool


class MatchedTopic(JsonDocument):
    """The words by which an issue is filed under a topic; ``start`` counts from its beginning."""

    topic: str
    words: str
    start: int


class MatchedActor(JsonDocument):
    """The words that name who acted."""

    actor: str
    words: str
    start: int


class MatchedQualifier(JsonDocument):
    """The words that qualify an issue."""

    qualifier: str
    words: str
    start: int


class Position(JsonDocument):
    """A place in the summary: a block, and a character of it."""

    block: int
    start: int


class IssueDocument(JsonDocument):
    """One issue that a summary lists; ``lead`` is the index of its lead-in."""

    text: str
    topics: list[str]
    matched: list[MatchedTopic]
    actors: list[MatchedActor]
    qualifiers: list[MatchedQualifier]
    position: Position | None
    rank: str
    lead: int | None
    group: str
    qualifier: str

    @classmethod
    def of(cls, issue: Issue) -> Self:
        """Return an issue with what matched in it."""
        facets = facets_of(issue.text)
        return cls(
            text=issue.text,
            topics=list(issue.topics),
            matched=[
                MatchedTopic(topic=each.topic, words=each.words, start=each.start)
                for each in find_topics(issue.text)
                if each.topic in issue.topics
            ],
            actors=[
                MatchedActor(actor=each.facet, words=each.words, start=each.start)
                for each in facets
                if each.kind == "actor"
            ],
            qualifiers=[
                MatchedQualifier(qualifier=each.facet, words=each.words, start=each.start)
                for each in facets
                if each.kind == "qualifier"
            ],
            position=Position(block=issue.block, start=issue.start) if issue.block >= 0 else None,
            rank=issue.rank.value,
            lead=issue.lead if issue.lead >= 0 else None,
            group=issue.group,
            qualifier=issue.qualifier,
        )


class UnreadSentence(JsonDocument):
    """A sentence that reads like a list of issues and of which no word is in any issue."""

    text: str
    position: Position

    @classmethod
    def of(cls, unread: Unread) -> Self:
        """Return the sentence and where it stands."""
        return cls(text=unread.text, position=Position(block=unread.block, start=unread.start))


class IssuesDocument(JsonDocument):
    """An issue list: listed, partial, none_reported or unparsed, and why it is unparsed.

    ``unread`` are the sentences for which it is partial.
    """

    status: str
    reason: str
    unread: list[UnreadSentence]
    leads: list[LeadInDocument]
    items: list[IssueDocument]

    @classmethod
    def of(cls, issues: IssueList) -> Self:
        """Return an issue list with its lead-ins and items."""
        return cls(
            status=issues.status.value,
            reason=issues.reason,
            unread=[UnreadSentence.of(each) for each in issues.unread],
            leads=issues.leads,
            items=[IssueDocument.of(each) for each in issues.items],
        )


class FactDocument(JsonDocument):
    """A stock sentence of the summary, literal and whole, under its kind."""

    kind: str
    text: str
    position: Position

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """Return a stock sentence and where it stands."""
        position = Position(block=fact.block, start=fact.start)
        return cls(kind=fact.kind, text=fact.text, position=position)


class InstrumentArticles(JsonDocument):
    """Articles of an instrument that a topic concerns; none means the whole instrument."""

    instrument: str
    articles: list[int]


class TopicDocument(JsonDocument):
    """What researchers join on; a section of null means that an outline has none."""

    topic: str
    name: str
    group: str
    rights: list[InstrumentArticles]
    instruments: list[str]
    ciri: list[str]
    is_pts: bool
    sections: dict[str, str | None]

    @classmethod
    def of(cls, topic: Topic) -> Self:
        """Return a topic of the taxonomy."""
        sections = dict(topic.sections)
        return cls(
            topic=topic.id,
            name=topic.name,
            group=topic.group,
            rights=rights_of(topic),
            instruments=list(topic.instruments),
            ciri=list(topic.ciri),
            is_pts=topic.is_pts,
            sections={outline: sections.get(outline) for outline in OUTLINES},
        )


def rights_of(topic: Topic) -> list[InstrumentArticles]:
    """Return the articles that a topic concerns, by instrument."""
    return [
        InstrumentArticles(instrument=name, articles=list(articles))
        for name, articles in topic.rights
    ]


class TaxonomyDocument(JsonDocument):
    """The taxonomy's version, and the topics that some issues carry."""

    version: int
    topics: list[TopicDocument]

    @classmethod
    def of(cls, issues: IssueList) -> Self:
        """Return what the taxonomy says of the topics that a list's issues carry."""
        named = {topic for issue in issues.items for topic in issue.topics}
        known = taxonomy()
        return cls(
            version=known.version,
            topics=[TopicDocument.of(topic) for topic in known.topics if topic.id in named],
        )


class ShowDocument(JsonDocument):
    """What one version of a report says.

    ``notices`` came to stand around the report since it was first seen, and stand there now.
    """

    report: str
    version: int
    title: str
    published_on: str
    heading: str
    blocks: list[str]
    notes: list[str]
    note_details: list[NoteDocument]
    notices: list[str]
    text_sha256: str
    payload_sha256: str
    reader_revision: int
    sections: list[SectionDocument]
    issues: IssuesDocument
    facts: list[FactDocument]
    taxonomy: TaxonomyDocument
    locations: list[str]
    captured_at: Moment

    @classmethod
    def of(cls, view: VersionView, report: ReportView, notices: Iterable[str] = ()) -> Self:
        """Return what ``show`` prints of one version of a report."""
        reading = view.reading
        return cls(
            report=str(view.report),
            version=view.number,
            title=view.title,
            published_on=report.published_on,
            heading=reading.heading,
            blocks=list(reading.blocks),
            notes=list(reading.notes),
            note_details=[NoteDocument.of(each) for each in reading.notes],
            notices=list(notices),
            text_sha256=reading.text_sha256,
            payload_sha256=view.payload_sha256,
            reader_revision=view.reader_revision,
            sections=[SectionDocument.of(each) for each in reading.sections],
            issues=IssuesDocument.of(reading.issues),
            facts=[FactDocument.of(each) for each in reading.facts],
            taxonomy=TaxonomyDocument.of(reading.issues),
            locations=list(report.locations),
            captured_at=stamp(view.captured_at),
        )


class ExportedVersion(ShowDocument):
    """One line of an export: what ``show`` prints, and what names the report."""

    source: str
    edition: str
    country: str
    part: str
    url: str

    @classmethod
    def of(cls, view: VersionView, report: ReportView, notices: Iterable[str] = ()) -> Self:
        """Return the line of one version."""
        name = view.report
        return cls(
            **vars(ShowDocument.of(view, report, notices)),
            source=name.source,
            edition=name.edition,
            country=name.country,
            part=name.part,
            url=view.url,
        )
