"""The JSON documents of comparisons: version against version, edition against edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reports.compare.diff import Comparison, ReadingComparison, SectionComparison
from reports.compare.editions import (
    ABSENCE,
    EditionComparison,
    IssueWording,
    StockChange,
    WordCounts,
)
from reports.compare.layout import Paragraph
from reports.compare.sections import SectionChange
from reports.facts.phrases import WordShift
from reports.model.reading import Facts, Issue, IssueList
from reports.model.values import VersionView
from reports.wording.citation import cite, stamp
from reports.wording.editions import kept_share, what_changed

Document = dict[str, Any]


def diff_document(before: VersionView, after: VersionView, compared: ReadingComparison) -> Document:
    """Return a comparison of versions: the whole summary, and the sections whose words differ."""
    return {
        "report": str(after.report),
        "from_version": before.number,
        "to_version": after.number,
        "words_added": compared.words_added,
        "words_removed": compared.words_removed,
        "words_moved": compared.words_moved,
        "issues_added": list(compared.issues_added),
        "issues_removed": list(compared.issues_removed),
        "issues_reworded": [
            {"before": each.before, "after": each.after, "pieces": _pieces(each.pieces)}
            for each in compared.issues_reworded
        ],
        "moves": [
            {
                "move": move.number,
                "words": move.words,
                "paragraphs": move.paragraphs,
                "from": move.origin,
                "to": move.destination,
            }
            for move in compared.moves
        ],
        "summary": _paragraphs(compared.summary),
        "sections": [
            _section_diff(each) for each in compared.sections if section_state(each) != "same"
        ],
    }


def _section_diff(section: SectionComparison) -> Document:
    is_gone = section.heading_after is None
    return {
        "number": section.number,
        "heading": section.heading_before if is_gone else section.heading_after,
        "state": section_state(section),
        "paragraphs": _paragraphs(section.comparison),
    }


def section_state(section: SectionComparison) -> str:
    """Say what became of a section: ``same``, ``changed``, ``added`` or ``removed``."""
    if section.heading_before is None:
        return "added"
    if section.heading_after is None:
        return "removed"
    return "same" if section.comparison.is_same else "changed"


def _paragraphs(comparison: Comparison) -> list[list[Document]]:
    return [_pieces(paragraph) for paragraph in comparison.paragraphs]


def _pieces(paragraph: Paragraph) -> list[Document]:
    """Return the pieces of a paragraph; only those that moved name their move."""
    return [
        {"op": piece.op.value, "text": piece.text} | ({"move": piece.move} if piece.move else {})
        for piece in paragraph
    ]


def compare_document(
    before: VersionView, after: VersionView, compared: EditionComparison, publisher: str
) -> Document:
    """Return a comparison of editions, the older or first named report first."""
    older, newer = before.report.edition, after.report.edition
    return {
        "reports": [_report(view, publisher) for view in (before, after)],
        "what_changed": what_changed(compared, older, newer),
        "issues": _issues(compared),
        "topics": {
            "kept": list(compared.topics.kept),
            "added": list(compared.topics.added),
            "dropped": list(compared.topics.dropped),
        },
        "outline_changed": compared.outline.is_other_outline,
        "sections": [_section(each) for each in compared.outline.sections],
        "share_kept": _rounded(kept_share(compared)),
        "subheadings": {
            "gone": list(compared.outline.subheadings_gone),
            "new": list(compared.outline.subheadings_new),
        },
        "stock_sentences": [_stock(each) for each in compared.stock],
        "lead_ins": {
            "before": [lead.text for lead in compared.leads.before],
            "after": [lead.text for lead in compared.leads.after],
            "hedge": compared.leads.hedge,
        },
        "hedges": _shifts(compared.hedges),
        "degrees": _shifts(compared.degrees),
        "words": {"summary": _lengths(compared.summary), "report": _lengths(compared.report)},
        "notice": ABSENCE if compared.has_silence else "",
    }


def _report(view: VersionView, publisher: str) -> Document:
    reading = view.reading
    return {
        "report": str(view.report),
        "edition": view.report.edition,
        "title": view.title,
        "version": view.number,
        "captured_at": stamp(view.captured_at),
        "last_seen_at": stamp(view.last_seen_at),
        "url": view.url,
        "text_sha256": reading.text_sha256,
        "report_sha256": reading.report_sha256,
        "payload_sha256": view.payload_sha256,
        "reader_revision": view.reader_revision,
        "citation": cite(view, publisher),
        "facts": _facts(reading.facts),
        "blocks": list(reading.blocks),
    }


def _facts(facts: Facts) -> Document:
    names = Facts.__dataclass_fields__
    found = {name: getattr(facts, name) for name in names}
    return {name: fact.value if fact else None for name, fact in found.items()}


def _issues(compared: EditionComparison) -> Document:
    issues = compared.issues
    return {
        "before": _list(compared.issues_before),
        "after": _list(compared.issues_after),
        "kept": [_issue(each.after[0]) for each in issues.kept],
        "reworded": [
            {
                "before": _issue(each.matched.before[0]),
                "after": _issue(each.matched.after[0]),
                **_wording(each),
            }
            for each in compared.reworded
        ],
        "split": [
            {
                "before": _issue(each.matched.before[0]),
                "after": _list_of(each.matched.after),
                **_wording(each),
            }
            for each in compared.split
        ],
        "merged": [
            {
                "before": _list_of(each.matched.before),
                "after": _issue(each.matched.after[0]),
                **_wording(each),
            }
            for each in compared.merged
        ],
        "added": _list_of(issues.added),
        "dropped": _list_of(issues.dropped),
    }


def _list(issues: IssueList) -> Document:
    return {"status": issues.status.value, "count": len(issues.items), "reason": issues.reason}


def _list_of(issues: Sequence[Issue]) -> list[Document]:
    return [_issue(each) for each in issues]


def _issue(issue: Issue) -> Document:
    return {"text": issue.text, "topics": list(issue.topics)}


def _wording(each: IssueWording) -> Document:
    return {
        "pieces": _pieces(each.pieces),
        "degrees": _shifts(each.degrees),
        "hedges": _shifts(each.hedges),
    }


def _section(change: SectionChange) -> Document:
    before, after = change.before, change.after
    named = after or before
    return {
        "state": change.state.value,
        "number": named.number if named else "",
        "heading_before": before.heading if before else None,
        "heading_after": after.heading if after else None,
        "words_before": before.word_count if before else None,
        "words_after": after.word_count if after else None,
        "words_kept": change.words_kept if before and after else None,
        "share_kept": _rounded(change.share_kept),
        "subheadings_gone": list(change.subheadings_gone),
        "subheadings_new": list(change.subheadings_new),
    }


def _stock(change: StockChange) -> Document:
    return {
        "about": change.about,
        "state": change.state,
        "before": [{"text": each.text, "value": each.value} for each in change.before],
        "after": [{"text": each.text, "value": each.value} for each in change.after],
        "pieces": _pieces(change.pieces),
    }


def _shifts(shifts: Iterable[WordShift]) -> list[Document]:
    return [{"phrase": each.phrase, "before": each.before, "after": each.after} for each in shifts]


def _lengths(lengths: WordCounts) -> Document:
    return {
        "before": lengths.before,
        "after": lengths.after,
        "change": _rounded(lengths.change),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
