"""A comparison of two editions of a report: issues, topics, sections, stock sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.compared_issues import ComparedIssues, ComparedTopics, Shift
from documents.diff import StockDiff
from documents.document import JsonDocument, Moment
from documents.show import FactDocument
from reports.compare.editions import ABSENCE
from reports.wording.citation import cite, stamp
from reports.wording.editions import kept_share, what_changed

if TYPE_CHECKING:
    from reports.compare.editions import (
        EditionComparison,
        LeadChange,
        WordCounts,
    )
    from reports.compare.sections import SectionChange
    from reports.model.values import VersionView


class ComparedReport(JsonDocument):
    """One side of the comparison: the latest version of the report in one edition."""

    report: str
    edition: str
    title: str
    version: int
    captured_at: Moment
    last_seen_at: Moment
    url: str
    text_sha256: str
    report_sha256: str
    payload_sha256: str
    reader_revision: int
    citation: str
    facts: list[FactDocument]
    blocks: list[str]

    @classmethod
    def of(cls, view: VersionView, publisher: str) -> Self:
        """Return a version and how it is cited."""
        reading = view.reading
        return cls(
            report=str(view.report),
            edition=view.report.edition,
            title=view.title,
            version=view.number,
            captured_at=stamp(view.captured_at),
            last_seen_at=stamp(view.last_seen_at),
            url=view.url,
            text_sha256=reading.text_sha256,
            report_sha256=reading.report_sha256,
            payload_sha256=view.payload_sha256,
            reader_revision=view.reader_revision,
            citation=cite(view, publisher),
            facts=[FactDocument.of(each) for each in reading.facts],
            blocks=list(reading.blocks),
        )


class ComparedSection(JsonDocument):
    """One section in both editions; null if an edition does not have it."""

    state: str
    number: str
    heading_before: str | None
    heading_after: str | None
    words_before: int | None
    words_after: int | None
    words_kept: int | None
    share_kept: float | None
    subheadings_gone: list[str]
    subheadings_new: list[str]

    @classmethod
    def of(cls, change: SectionChange) -> Self:
        """Return what became of a section."""
        before, after = change.before, change.after
        named = after or before
        return cls(
            state=change.state.value,
            number=named.number if named else "",
            heading_before=before.heading if before else None,
            heading_after=after.heading if after else None,
            words_before=before.word_count if before else None,
            words_after=after.word_count if after else None,
            words_kept=change.words_kept if before and after else None,
            share_kept=_rounded(change.share_kept),
            subheadings_gone=list(change.subheadings_gone),
            subheadings_new=list(change.subheadings_new),
        )


class Subheadings(JsonDocument):
    """The sub-headings that only one edition has."""

    gone: list[str]
    new: list[str]


class LeadIns(JsonDocument):
    """How the issue lists are introduced; ``hedge`` says whether a hedge is new or gone."""

    before: list[str]
    after: list[str]
    hedge: str

    @classmethod
    def of(cls, leads: LeadChange) -> Self:
        """Return the lead-ins of both editions."""
        return cls(
            before=[lead.text for lead in leads.before],
            after=[lead.text for lead in leads.after],
            hedge=leads.hedge,
        )


class ComparedWords(JsonDocument):
    """Numbers of words; the change is a share of the older, null if that is 0."""

    before: int
    after: int
    change: float | None

    @classmethod
    def of(cls, counts: WordCounts) -> Self:
        """Return the words of both editions."""
        return cls(before=counts.before, after=counts.after, change=_rounded(counts.change))


class ComparedLengths(JsonDocument):
    """The lengths of the summaries and of the whole reports."""

    summary: ComparedWords
    report: ComparedWords


class CompareDocument(JsonDocument):
    """Two editions of a report compared; the older or first named one comes first."""

    reports: list[ComparedReport]
    what_changed: str
    issues: ComparedIssues
    topics: ComparedTopics
    outline_changed: bool
    sections: list[ComparedSection]
    share_kept: float | None
    subheadings: Subheadings
    stock_sentences: list[StockDiff]
    lead_ins: LeadIns
    hedges: list[Shift]
    degrees: list[Shift]
    words: ComparedLengths
    notice: str

    @classmethod
    def of(
        cls, before: VersionView, after: VersionView, compared: EditionComparison, publisher: str
    ) -> Self:
        """Return what ``compare`` prints of two editions."""
        outline = compared.outline
        return cls(
            reports=[ComparedReport.of(view, publisher) for view in (before, after)],
            what_changed=what_changed(compared, before.report.edition, after.report.edition),
            issues=ComparedIssues.of(compared),
            topics=compared.topics,
            outline_changed=outline.is_other_outline,
            sections=[ComparedSection.of(each) for each in outline.sections],
            share_kept=_rounded(kept_share(compared)),
            subheadings=Subheadings(
                gone=list(outline.subheadings_gone), new=list(outline.subheadings_new)
            ),
            stock_sentences=[StockDiff.of(each) for each in compared.stock],
            lead_ins=LeadIns.of(compared.leads),
            hedges=compared.hedges,
            degrees=compared.degrees,
            words=ComparedLengths(
                summary=ComparedWords.of(compared.summary),
                report=ComparedWords.of(compared.report),
            ),
            notice=ABSENCE if compared.has_silence else "",
        )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
