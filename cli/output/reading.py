"""Print for people what a report says: summary, notes, issues and topics, facts, sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cli.output.results import say, say_prose
from reports.facts.kinds import KIND_NAMES
from reports.model.notes import note_label
from reports.model.reading import IssueList
from reports.topics.classify import taxonomy

if TYPE_CHECKING:
    from documents.show import (
        FactDocument,
        IssueDocument,
        IssuesDocument,
        LeadInDocument,
        SectionDocument,
        ShowDocument,
        TaxonomyDocument,
    )


def print_report(document: ShowDocument, newer: Iterable[str] = ()) -> None:
    """Print the document of ``show``, after what is ``newer`` and not read."""
    say(f"{document.title}  [{document.report}, version {document.version}]")
    say(f"captured {document.captured_at}, text sha256 {document.text_sha256}")
    for url in document.locations:
        say(url)
    for each in newer:
        say_prose(f"\n{each}")
    for notice in document.notices:
        say_prose(f"\nNotice around the report: {notice}")
    for note in document.notes:
        say_prose(f"\n{note_label(note)}: {note.removeprefix('Note: ')}")
    say(f"\n{document.heading}")
    for block in document.blocks:
        say_prose(f"\n{block}")
    if IssueList(reason=document.issues.reason).is_expected:
        _print_issues(document.issues)
        _print_topics(document.taxonomy)
        _print_facts(document.facts)
    say("")
    for section in document.sections:
        _print_section(section)


def _print_issues(issues: IssuesDocument) -> None:
    say(f"\nIssues: {_issue_status(issues)}")
    for unread in issues.unread:
        say_prose(f"not read: “{unread.text}” (paragraph {unread.position.block + 1})")
    shown: tuple[Any, ...] | None = None
    for issue in issues.items:
        under = (issue.lead, issue.rank, issue.group)
        if under != shown:
            for line in _over(issue, issues.leads):
                say_prose(line)
            shown = under
        say_prose(f"- {issue.text}")
        say_prose(f"    {'; '.join(_filed(issue))}")


def _issue_status(issues: IssuesDocument) -> str:
    words = {
        "listed": f"{len(issues.items)} listed",
        "partial": f"{len(issues.items)} read of a list that was not read whole; there may be more",
        "none_reported": "the report says that there were none to report",
        "unparsed": "the list could not be read; this does not mean that there is none: "
        "read the summary itself",
    }
    reason = f"\n  why: {issues.reason}" if issues.reason else ""
    return words[issues.status] + reason


def _over(issue: IssueDocument, leads: Sequence[LeadInDocument]) -> list[str]:
    """Return the lines that stand over a run of issues: their lead-in, rank and group."""
    lead = leads[issue.lead] if issue.lead is not None else None
    said = f"“{lead.text}”" if lead else ""
    ranks = {"other": "further list of other problems", "further": "named after the list"}
    return [line for line in (said or ranks.get(issue.rank, ""), issue.group) if line]


def _filed(issue: IssueDocument) -> list[str]:
    """Return under which topics an issue is filed, with what matched, actors and qualifiers."""
    words = {match.topic: match.words for match in issue.matched}
    topics = [f"{topic} (“{words[topic]}”)" if topic in words else topic for topic in issue.topics]
    facets = [
        f"{label} " + ", ".join(f"{name} (“{said}”)" for name, said in found)
        for label, found in (
            ("by", [(each.actor, each.words) for each in issue.actors]),
            ("qualified", [(each.qualifier, each.words) for each in issue.qualifiers]),
        )
        if found
    ]
    return [", ".join(topics) or "no topic: of a kind the taxonomy does not know", *facets]


def _print_topics(named: TaxonomyDocument) -> None:
    if not named.topics:
        return
    say(f"\nTopics (taxonomy {named.version}):")
    for about in named.topics:
        known = taxonomy().by_id[about.topic]
        codes = [*(f"CIRI {each}" for each in about.ciri), *(["PTS"] if about.is_pts else [])]
        say_prose(f"{known.id}: {known.name} [{'; '.join([known.rights_line, *codes])}]")


def _print_facts(facts: Sequence[FactDocument]) -> None:
    if facts:
        say("\nStock sentences:")
    for kind, name in KIND_NAMES.items():
        found = [fact for fact in facts if fact.kind == kind]
        if found:
            say(name)
        for fact in found:
            say_prose(f"    “{fact.text}”")


def _print_section(section: SectionDocument) -> None:
    number = f"Section {section.number}. " if section.number else ""
    say(f"{number}{section.heading} ({section.words} words)")
    for index in section.subheadings:
        say(f"    {section.blocks[index]}")
