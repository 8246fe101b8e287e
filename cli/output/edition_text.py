"""Write a comparison of two editions as plain text that can be filed as it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from reports.compare.editions import ABSENCE, EditionComparison, IssueWording, StockChange
from reports.compare.layout import marked_text
from reports.compare.sections import UNBROKEN, SectionChange
from reports.facts.phrases import STOCK_NAMES, WordShift
from reports.model.reading import Issue
from reports.model.values import VersionView
from reports.text.plain import one_line
from reports.wording.citation import cite, stamp
from reports.wording.editions import (
    kept_share,
    length_line,
    list_state,
    section_fate,
    section_name,
    share_line,
    shift_line,
    stock_value,
    topic_remark,
    topics_line,
    what_changed,
    wording_remarks,
)

WIDTH = 96
"""Columns of a filed page; a narrower terminal has its own."""

METHOD = (
    "Issues are matched by topic and wording, sections by heading, by a program; the quoted words"
    " are the publisher's own. In a reworded sentence [-…-] marks words of the older edition,"
    " {+…+} words of the newer one."
)


class EditionText:
    """The text of one comparison, line by line."""

    def __init__(
        self,
        before: VersionView,
        after: VersionView,
        compared: EditionComparison,
        *,
        place: str,
        publisher: str,
        width: int = WIDTH,
    ) -> None:
        self._views = before, after
        self._compared = compared
        self._place = place
        self._publisher = publisher
        self._width = width
        self._older, self._newer = before.report.edition, after.report.edition

    def lines(self) -> Iterator[str]:
        """Yield every line; what is quoted is kept on indented lines of its own."""
        yield from self._wrapped(f"{self._place}: {self._older} against {self._newer}")
        yield from self._wrapped("A comparison of two editions of one report")
        for title, part in (
            ("Sources", self._sources()),
            ("What changed", self._wrapped(what_changed(self._compared, self._older, self._newer))),
            ("Issues listed in the executive summary", self._issues()),
            ("Topics of the listed issues", self._topics()),
            ("Sections", self._sections()),
            ("Stock sentences of the executive summary", self._stock()),
            ("Hedges and words of degree in the executive summary", self._phrases()),
            ("The executive summaries", self._summaries()),
            ("Notice", self._notice()),
        ):
            found = list(part)
            if found:
                yield from ("", title, "-" * len(title), *found)

    def _sources(self) -> Iterator[str]:
        for view in self._views:
            reading = view.reading
            yield from self._wrapped(f"{view.report.edition}: {one_line(view.title)}")
            for line in (
                cite(view, self._publisher),
                f"Last seen {stamp(view.last_seen_at)}.",
                f"whole report sha256:{reading.report_sha256}",
                f"page sha256:{view.payload_sha256}",
            ):
                yield from self._wrapped(line, "  ")
            for note in reading.notes:
                yield from self._wrapped(f"Note on the page: {one_line(note)}", "  ")

    def _issues(self) -> Iterator[str]:
        compared = self._compared
        issues = compared.issues
        yield from self._wrapped(f"{self._older}: {list_state(compared.issues_before)}")
        yield from self._wrapped(f"{self._newer}: {list_state(compared.issues_after)}")
        yield from self._alone(f"No longer listed in {self._newer}", issues.dropped, self._newer)
        yield from self._alone(f"Newly listed in {self._newer}", issues.added, self._older)
        yield from self._worded("Reworded", compared.reworded)
        yield from self._worded("Divided into several", compared.split)
        yield from self._worded("Merged into one", compared.merged)
        if issues.kept:
            yield from ("", f"In the same words in both ({len(issues.kept)})")
        for each in issues.kept:
            yield from self._issue(each.after[0])

    def _alone(self, title: str, issues: Sequence[Issue], other: str) -> Iterator[str]:
        """Yield the issues that only one edition lists; ``other`` is the edition without them."""
        if issues:
            yield from ("", f"{title} ({len(issues)})")
        for issue in issues:
            yield from self._issue(issue)
            remark = topic_remark(issue.topics, self._compared.topics, other)
            if remark:
                yield from self._quoted(remark, "    ")

    def _issue(self, issue: Issue) -> Iterator[str]:
        yield from self._quoted(f"{one_line(issue.text)}  [{topics_line(issue.topics)}]", "- ")

    def _worded(self, title: str, found: Sequence[IssueWording]) -> Iterator[str]:
        if found:
            yield from ("", f"{title} ({len(found)})")
        for each in found:
            yield from self._wording(each)

    def _wording(self, each: IssueWording) -> Iterator[str]:
        matched = each.matched
        topics = dict.fromkeys(
            topic for issue in (*matched.before, *matched.after) for topic in issue.topics
        )
        if len(matched.before) == len(matched.after):
            said = marked_text(each.pieces, lambda piece: one_line(piece.text))
            yield from self._quoted(f"{said}  [{topics_line(list(topics))}]", "- ")
        else:
            yield from self._quoted(f"[{topics_line(list(topics))}]", "- ")
            for edition, side in ((self._older, matched.before), (self._newer, matched.after)):
                for issue in side:
                    yield from self._quoted(one_line(issue.text), f"  {edition}: ")
        remarks = wording_remarks(each)
        if remarks:
            yield from self._quoted("; ".join(remarks), "    ")

    def _topics(self) -> Iterator[str]:
        topics = self._compared.topics
        for title, found in (
            ("No longer named", topics.dropped),
            ("Newly named", topics.added),
            ("Named in both", topics.kept),
        ):
            if found:
                yield from self._quoted(f"{title} ({len(found)}): {topics_line(found)}", "")

    def _sections(self) -> Iterator[str]:
        outline = self._compared.outline
        yield f"Whole report: {length_line(self._compared.report)}"
        yield f"Executive summary: {length_line(self._compared.summary)}"
        if outline.is_other_outline:
            yield from self._two_outlines(outline.sections)
        else:
            yield ""
            for each in outline.sections:
                yield from self._section(each)
        for title, found in (
            (f"Sub-headings without a counterpart in {self._newer}", outline.subheadings_gone),
            (f"Sub-headings new in {self._newer}", outline.subheadings_new),
        ):
            if found:
                yield from ("", f"{title} ({len(found)})")
            for name in found:
                yield from self._quoted(one_line(name), "- ")

    def _two_outlines(self, sections: Sequence[SectionChange]) -> Iterator[str]:
        yield ""
        yield from self._wrapped(
            "The outline changed: the sections are shown as two outlines and not compared one by"
            f" one. {share_line(kept_share(self._compared)) or 'No words'} of the older text stand"
            f" in the newer one in unbroken runs of {UNBROKEN} words or more."
        )
        for edition, side in (
            (self._older, [each.before for each in sections if each.before]),
            (self._newer, [each.after for each in sections if each.after]),
        ):
            yield from ("", edition)
            for section in side:
                name = section_name(SectionChange(section, None))
                yield from self._quoted(f"{name}: {section.word_count:,} words", "- ")

    def _section(self, change: SectionChange) -> Iterator[str]:
        yield from self._quoted(section_name(change), "- ")
        before, after = change.before, change.after
        told = [section_fate(change, self._older, self._newer)]
        old, new = (f"{each.word_count:,}" if each else "–" for each in (before, after))  # noqa: RUF001
        told.append(f"{old} → {new} words")
        if change.share_kept is not None:
            told.append(f"{share_line(change.share_kept)} of the older words kept")
        yield from self._quoted("; ".join(told), "    ")

    def _stock(self) -> Iterator[str]:
        for number, change in enumerate(self._compared.stock):
            if number:
                yield ""
            yield from self._stock_change(change)

    def _stock_change(self, change: StockChange) -> Iterator[str]:
        values = [stock_value(side) for side in (change.before, change.after)]
        read = f" ({' → '.join(dict.fromkeys(filter(None, values)))})" if any(values) else ""
        yield f"{STOCK_NAMES[change.about]}: {change.state}{read}"
        if change.state == "reworded":
            said = marked_text(change.pieces, lambda piece: one_line(piece.text))
            yield from self._quoted(said, "- ")
            return
        edition = {"gone": self._older, "new": self._newer}.get(change.state, "both")
        for each in change.after or change.before:
            yield from self._quoted(one_line(each.text), f"{edition}: ")

    def _phrases(self) -> Iterator[str]:
        for title, shifts in (
            ("Hedges", self._compared.hedges),
            ("Words of degree", self._compared.degrees),
        ):
            if shifts:
                yield from self._quoted(f"{title}: {self._shifts(shifts)}", "")
        for edition, leads in (
            (self._older, self._compared.leads.before),
            (self._newer, self._compared.leads.after),
        ):
            for lead in leads:
                hedged = " (hedged)" if lead.is_hedged else ""
                yield from self._quoted(f"{one_line(lead.text)}{hedged}", f"Lead-in of {edition}: ")

    def _summaries(self) -> Iterator[str]:
        for number, view in enumerate(self._views):
            if number:
                yield ""
            yield f"{view.report.edition} ({view.reading.summary_word_count:,} words)"
            for block in view.reading.blocks:
                yield from ("", *self._wrapped(one_line(block), "  "))

    def _notice(self) -> Iterator[str]:
        if self._compared.has_silence:
            yield from self._wrapped(ABSENCE)
        yield from self._wrapped(METHOD)

    def _shifts(self, shifts: Iterable[WordShift]) -> str:
        return ", ".join(shift_line(each) for each in shifts)

    def _wrapped(self, text: str, indent: str = "") -> list[str]:
        return self._lines(text, indent, indent)

    def _quoted(self, text: str, mark: str) -> list[str]:
        return self._lines(text, f"  {mark}", " " * (len(mark) + 2))

    def _lines(self, text: str, first: str, rest: str) -> list[str]:
        return textwrap.wrap(
            text,
            self._width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
