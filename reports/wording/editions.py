"""Say in plain English what differs between two editions, in sentences that can be filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports.compare.editions import EditionComparison, IssueWording, TopicChanges, WordCounts
from reports.compare.issues import IssueChanges
from reports.compare.scope import ScopedIssues
from reports.compare.sections import UNBROKEN, SectionChange, SectionState
from reports.compare.stock import StockChange
from reports.facts.phrases import STOCK_NAMES, WordShift
from reports.model.reading import IssueList, IssueStatus, LeadIn
from reports.text.plain import counted, one_line
from reports.wording.changes import topic_name
from reports.wording.unread_lists import LONGEST_SCOPE, unread_in_edition

NO_TOPIC = "no topic"


def what_changed(compared: EditionComparison, older: str, newer: str) -> str:
    """Return the comparison in one paragraph; ``older`` and ``newer`` name the editions."""
    said = [
        *_lengths(compared, older, newer),
        *_issues(compared, older, newer),
        *_topics(compared, newer),
        *_outline(compared, older, newer),
        *_stock(compared, older, newer),
        *_hedge(compared, older, newer),
    ]
    return " ".join(said)


def list_state(issues: IssueList) -> str:
    """Say what a summary's list of issues is: "19 issues listed"."""
    if issues.status is IssueStatus.LISTED:
        return f"{counted(len(issues.items), 'issue')} listed"
    if issues.status is IssueStatus.PARTIAL:
        return f"{counted(len(issues.items), 'issue')} read of a list that was not read whole"
    if issues.status is IssueStatus.NONE_REPORTED:
        return "the summary says that there were no such issues to report"
    if not issues.is_expected:
        return "the reports hold no list of issues"
    why = f": {one_line(issues.reason)}" if issues.reason else ""
    return f"the list could not be read by the program{why}"


def topics_line(topics: Sequence[str]) -> str:
    """Name topics in one line."""
    return "; ".join(map(topic_name, topics)) or NO_TOPIC


def topic_remark(topics: Sequence[str], others: TopicChanges, edition: str) -> str:
    """Say of an issue that only one edition lists whether the other list names its topic."""
    if any(topic in others.kept for topic in topics):
        return f"another issue under the topic is listed in {edition}"
    return ""


def wording_remarks(each: IssueWording) -> tuple[str, ...]:
    """Say which topics, words of degree and hedges came or went with a rewording."""
    before, after = (
        dict.fromkeys(topic for issue in side for topic in issue.topics)
        for side in (each.matched.before, each.matched.after)
    )
    gone = [topic for topic in before if topic not in after]
    new = [topic for topic in after if topic not in before]
    remarks = [f"no longer: {topics_line(gone)}"] * bool(gone)
    remarks += [f"new: {topics_line(new)}"] * bool(new)
    return (*remarks, *map(shift_line, (*each.degrees, *each.hedges)))


def length_line(lengths: WordCounts) -> str:
    """Say two lengths and the change, as "12,533 → 15,040 words (+20 %)"."""
    share = lengths.change
    sign = "" if share is None else f" ({_percent(share)})"
    return f"{lengths.before:,} → {lengths.after:,} words{sign}"


def section_name(change: SectionChange) -> str:
    """Name a section as its newer edition does, else as its older one did."""
    section = change.after or change.before
    assert section is not None  # a section is in one edition at least
    heading = one_line(section.heading) or "an untitled section"
    if not section.number or heading.casefold().startswith("section"):
        return heading
    return f"Section {section.number}. {heading}"


def section_fate(change: SectionChange, older: str, newer: str) -> str:
    """Say what became of a section."""
    if change.state is SectionState.UNREAD:
        return f"no section of {newer if change.after is None else older} was read"
    if change.state is SectionState.NEW:
        return f"new in {newer}"
    if change.state is SectionState.GONE:
        return f"not in {newer}"
    before = one_line(change.before.heading) if change.before else ""
    return f"in both; in {older}: “{before}”" if change.state is SectionState.RENAMED else "in both"


def share_line(share: float | None) -> str:
    """Say which share of an older text was kept: "57 %"; "" if nothing can be said."""
    return "" if share is None else f"{share:.0%}".replace("%", " %")


def kept_share(compared: EditionComparison) -> float | None:
    """Return which share of the words below the older edition's headings was kept."""
    total = sum(each.before.word_count for each in compared.outline.sections if each.before)
    if compared.outline.is_unread:
        return None
    return compared.outline.words_kept / total if total else None


def shift_line(shift: WordShift) -> str:
    """Say how often a phrase occurs before and after: "“serious”: 6 → 1"."""
    return f"“{shift.phrase}”: {shift.before} → {shift.after}"


def stock_fate(change: StockChange, older: str, newer: str) -> str:
    """Say what became of a stock sentence: "another sentence", "no such sentence in 2024"."""
    fates = {
        "same": "the same sentence",
        "reworded": "another sentence",
        "gone": f"no such sentence in {newer}",
        "new": f"no such sentence in {older}",
    }
    return fates[change.state]


def _lengths(compared: EditionComparison, older: str, newer: str) -> Iterator[str]:
    report, summary = compared.report, compared.summary
    said = (
        f"The {newer} report has {counted(report.after, 'word')}, {_against(report)}"
        f" {report.before:,} of {older}"
    )
    unread = [
        edition for edition, words in ((older, summary.before), (newer, summary.after)) if not words
    ]
    if unread:
        yield f"{said}; no executive summary was read of {' and '.join(unread)}."
        return
    yield (
        f"{said}; its executive summary has {summary.after:,}, {_against(summary)}"
        f" {summary.before:,}."
    )


def _against(lengths: WordCounts) -> str:
    share = lengths.change
    if share is None or not round(share * 100):
        return f"{'' if lengths.before == lengths.after else 'about '}as many as the"
    than = "fewer than" if share < 0 else "more than"
    return f"{abs(share):.0%} {than} the".replace("%", " %")


def list_missing(about: str, edition: str) -> str:
    """Say that an edition has no list about an actor or area: "no list “…” in 2023"."""
    if not about:
        return f"no general list in {edition}"
    return f"no list about “{one_line(about, LONGEST_SCOPE).strip(' :')}” in {edition}"


def _issues(compared: EditionComparison, older: str, newer: str) -> Iterator[str]:
    before, after, issues = compared.issues_before, compared.issues_after, compared.issues
    for each in compared.unread_lists:
        yield unread_in_edition(each, newer if each.is_newer else older)
    if not issues.is_known:
        return
    if not before.items or not after.items:
        if before.items or after.items:
            yield f"In {older}, {list_state(before)}; in {newer}, {list_state(after)}."
        else:
            yield f"In both editions {list_state(after)}."
        return
    yield f"{_named(compared, older, newer)}; {_rest(issues)}."
    if issues.added:
        count = len(issues.added)
        yield f"{counted(count, 'issue')} {_are(count)} newly listed."
    yield from _lists_missing(issues.lists_dropped, older, newer)
    yield from _lists_missing(issues.lists_added, newer, older)


def _lists_missing(lists: Iterable[ScopedIssues], edition: str, other: str) -> Iterator[str]:
    for each in lists:
        count = counted(len(each.issues), "issue")
        yield f"There is {list_missing(each.about, other)}; that of {edition} names {count}."


def _named(compared: EditionComparison, older: str, newer: str) -> str:
    """Say how many issues of the older list the newer one names, and how."""
    before, issues = compared.issues_before, compared.issues
    fates = [
        (len(issues.kept), "in the same words"),
        (len(issues.reworded), "in other words"),
        (len(issues.split), "divided into several"),
        (sum(len(each.before) for each in issues.merged), "merged with others"),
    ]
    stand = ", ".join(f"{count} {how}" for count, how in fates if count) or "none"
    what = (
        f"read of the {older} summary"
        if compared.unread_lists
        else f"that the {older} summary lists"
    )
    return f"Of the {counted(len(before.items), 'issue')} {what}, the {newer} summary names {stand}"


def _rest(issues: IssueChanges) -> str:
    """Say what became of the issues of the older list that were not found in the newer one."""
    if count := len(issues.unmatched_before):
        return f"for {count} no counterpart was found in what was read"
    gone = len(issues.dropped)
    elsewhere = sum(len(each.issues) for each in issues.lists_dropped)
    said = [f"{gone} {_are(gone)} no longer listed"] * bool(gone)
    said += [f"{elsewhere} {_are(elsewhere)} of lists that it does not have"] * bool(elsewhere)
    return ", ".join(said) or "every one is still named"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _topics(compared: EditionComparison, newer: str) -> Iterator[str]:
    for topics, said in (
        (compared.topics.dropped, "Topics no longer named among the issues"),
        (compared.topics.added, f"Topics that only the {newer} list names"),
    ):
        if topics:
            yield f"{said}: {topics_line(topics)}."


def _outline(compared: EditionComparison, older: str, newer: str) -> Iterator[str]:
    outline = compared.outline
    if outline.is_unread:
        unread = newer if outline.sections[0].after is None else older
        yield f"No section of the {unread} report was read, so that sections are not compared."
    if outline.is_other_outline:
        old = sum(each.before is not None for each in outline.sections)
        new = len(outline.sections) - old
        yield (
            f"The outline changed: the {counted(old, 'section')} of {older} became"
            f" {counted(new, 'section')} under other headings, so that sections are not compared"
            " one by one."
        )
    counts = [
        (sum(each.state is state for each in outline.sections), said)
        for state, said in (
            (SectionState.RENAMED, "renamed"),
            (SectionState.GONE, f"not in {newer}"),
            (SectionState.NEW, f"new in {newer}"),
        )
        if not outline.is_other_outline
    ]
    if any(count for count, _ in counts):
        fates = ", ".join(f"{count} {said}" for count, said in counts if count)
        yield f"Sections: {fates}."
    share = kept_share(compared)
    if share is not None:
        yield (
            f"Of the words below the {older} headings, {share_line(share)} stand in {newer} in"
            f" unbroken runs of {UNBROKEN} or more."
        )


def _stock(compared: EditionComparison, older: str, newer: str) -> Iterator[str]:
    for state, said in (
        ("reworded", "Another sentence on"),
        ("gone", f"No such sentence in {newer} on"),
        ("new", f"No such sentence in {older} on"),
    ):
        found = [STOCK_NAMES[each.about] for each in compared.stock if each.state == state]
        if found:
            names = "; ".join(name[0].lower() + name[1:] for name in dict.fromkeys(found))
            yield f"{said}: {names}."


def _hedge(compared: EditionComparison, older: str, newer: str) -> Iterator[str]:
    if compared.leads.hedge == "new":
        said = _hedged(compared.leads.after)
        yield f"The {newer} list is introduced with a hedge that {older} lacks: “{said}”."
    elif compared.leads.hedge == "gone":
        said = _hedged(compared.leads.before)
        yield f"The {newer} list is introduced without the hedge of {older}: “{said}”."


def _hedged(leads: Sequence[LeadIn]) -> str:
    return next(one_line(lead.text, 200) for lead in leads if lead.is_hedged)


def _percent(share: float) -> str:
    sign = "+" if share > 0 else "−" if share < 0 else "±"  # noqa: RUF001
    return f"{sign}{abs(share):.0%}".replace("%", " %")
