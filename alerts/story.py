"""Tell one change in full: what, where, when, by how much, the redline, how to cite it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.links import permalink
from alerts.passages import PassageStory, tell_passages
from alerts.quotations import Quotation, is_written_anew, quotations, version_of
from alerts.redline import MOST_WORDS, Elision, Paragraph, RedlinePart, redline
from reports.compare.corroboration import told_by
from reports.compare.diff import (
    Comparison,
    ReadingComparison,
)
from reports.model.values import Change, ChangeKind, VersionView
from reports.notices.messages import OutgoingChange
from reports.notices.watched import NOTHING_WATCHED, ToldPassages
from reports.text.plain import counted, one_line, web_url
from reports.wording.changes import (
    MARKED_WORDS,
    amounts,
    gist,
    report_name,
    word_counts,
)
from reports.wording.citation import cite, page_for_people, stamp
from reports.wording.unread_lists import LISTS_TITLE, unread_in_version

_MOST_MOVES = 10  # lines above the redline; every move is marked within it

ABSENCE = "Absence of reporting is not evidence of absence."

SILENCING = (ChangeKind.REMOVED, ChangeKind.COUNTRY_DROPPED, ChangeKind.TOPIC_VANISHED)
"""Kinds that leave the publisher saying nothing if it said something."""


@dataclass(frozen=True)
class StoryFact:
    """One labelled line of a story; ``url`` where its value is a safe link."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class ChangedPart:
    """One part of a report with its redline."""

    name: str
    amount: str
    redline: tuple[RedlinePart, ...]


@dataclass(frozen=True)
class Story:
    """One change, ready for either template: every text in it is harmless to show.

    ``full_text`` names what is not shown here, ``""`` if all is, and ``full_text_at`` the
    address or the command that shows it. ``passages`` are those that its reader watches.
    """

    name: str
    headline: str
    link: str
    facts: tuple[StoryFact, ...]
    parts: tuple[ChangedPart, ...]
    quotations: tuple[Quotation, ...]
    citation: str
    has_silence: bool
    full_text: str
    full_text_at: str
    passages: tuple[PassageStory, ...] = ()

    @property
    def has_redline(self) -> bool:
        """Whether words are shown as deleted or added."""
        if any(each.is_marked for each in self.passages):
            return True
        shown = [each for part in self.parts for each in part.redline]
        quoted = [each for quotation in self.quotations for each in quotation.paragraphs]
        return any(isinstance(each, Paragraph) and each.is_marked for each in (*shown, *quoted))

    @property
    def words_shown(self) -> int:
        """Count the words its redlines show."""
        shown = (p for part in self.parts for p in part.redline if isinstance(p, Paragraph))
        return sum(len(paragraph.text.split()) for paragraph in shown)


def shows_something(outgoing: OutgoingChange, compared: ReadingComparison | None) -> bool:
    """Tell whether a reader would see any difference."""
    change = outgoing.change
    if change.kind not in (ChangeKind.EDITED, ChangeKind.DIVERGED, ChangeKind.NOTED):
        return True
    if change.notes_added or change.notes_removed:
        return True
    if compared is not None:
        return not compared.is_same
    return bool(change.words_added or change.words_removed or change.summary_line)


def tell(
    outgoing: OutgoingChange,
    compared: ReadingComparison | None,
    *,
    public_url: str,
    publishers: Mapping[str, str],
    most_words: int = MOST_WORDS,
    told: ToldPassages = NOTHING_WATCHED,
) -> Story:
    """Put one change into words; of who asked for passages alone, these and where the rest is."""
    change = outgoing.change
    is_new_text = is_written_anew(change)
    is_short = told.is_all and compared is not None
    parts = () if is_new_text or is_short else _parts(compared, most_words)
    link = permalink(outgoing, public_url)
    is_cut = any(isinstance(p, Elision) and p.has_changes for part in parts for p in part.redline)
    return Story(
        name=report_name(change),
        headline=gist(change, compared),
        link=link,
        facts=tuple(_facts(outgoing, compared, publishers)),
        parts=parts,
        quotations=() if is_short else tuple(quotations(outgoing, compared)),
        citation=_citation(outgoing, compared, publishers),
        has_silence=bool(
            change.issues_removed or amounts(change, compared)[1] or change.kind in SILENCING
        ),
        full_text=_full_text(change) if is_cut or is_new_text or is_short else "",
        full_text_at=link or _command(change),
        passages=tell_passages(told),
    )


def moment(when: datetime) -> str:
    """Return a time for people and for machines: "1 May 2026, 09:05 UTC (2026-05-01T09:05:00Z)"."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC ({stamp(when)})"


def _facts(
    outgoing: OutgoingChange,
    compared: ReadingComparison | None,
    publishers: Mapping[str, str],
) -> list[StoryFact]:
    change = outgoing.change
    report = change.report
    url = page_for_people(change.url or _url_of(outgoing))
    facts = [
        StoryFact("Report", one_line(change.title) or report_name(change)),
        StoryFact("Publisher", one_line(publishers.get(report.source, ""))),
        StoryFact("Identity", _identity(change)),
        StoryFact(
            "Where", ", ".join(one_line(name) for name, _ in compared.changed) if compared else ""
        ),
        StoryFact("How much", _how_much(change, compared)),
        StoryFact("Marked", MARKED_WORDS if compared and compared.words_marked else ""),
        *_moves(compared),
        *(
            StoryFact(LISTS_TITLE, unread_in_version(each, version_of(change, each)))
            for each in change.unread_lists
        ),
        StoryFact("Seen", moment(change.detected_at)),
        *_version_facts(outgoing),
        *_form_facts(change),
        *_corroboration(change),
        StoryFact("Publisher's page", one_line(url), web_url(url)),
    ]
    return [fact for fact in facts if fact.value]


def _identity(change: Change) -> str:
    report = change.report
    named = [
        f"source {report.source}",
        f"edition {report.edition}",
        f"country {report.country}",
        f"part {report.part}" if report.part else "",
    ]
    return one_line(", ".join(filter(None, named)))


def _how_much(change: Change, compared: ReadingComparison | None) -> str:
    added, removed = amounts(change, compared)
    return word_counts(added, removed) if added or removed else ""


def _moves(compared: ReadingComparison | None) -> Iterator[StoryFact]:
    """Tell what changed places, and how it is marked below."""
    moves = compared.moves if compared else ()
    for move in moves[:_MOST_MOVES]:
        amount = f"{counted(move.paragraphs, 'paragraph')}, {counted(move.words, 'word')}"
        places = f"from {one_line(move.origin)} to {one_line(move.destination)}"
        yield StoryFact(f"Moved ({move.number})", f"{amount}, {places}")
    if len(moves) > _MOST_MOVES:
        yield StoryFact("Moved as well", counted(len(moves) - _MOST_MOVES, "more passage"))


def _corroboration(change: Change) -> Iterator[StoryFact]:
    """Name the captures of a web archive that bear the change out, and where they are shown."""
    if change.witnesses:
        yield StoryFact("Evidence", told_by(change.witnesses))
    for each in change.witnesses:
        yield StoryFact(
            f"Capture of {each.captured_at:%Y-%m-%d}", one_line(each.url), web_url(each.url)
        )


def _form_facts(change: Change) -> Iterator[StoryFact]:
    """Name the captured pages that show a form before and after, by their hashes."""
    if change.appearance:
        for label, seen in (
            ("Page before", change.appearance.before),
            ("Page now", change.appearance.after),
        ):
            yield StoryFact(
                label, f"first seen {moment(seen.seen_at)}, sha256:{seen.payload_sha256}"
            )


def _version_facts(outgoing: OutgoingChange) -> list[StoryFact]:
    before, after = outgoing.before, outgoing.after
    if before and after and before.number == after.number:
        before = None
    facts = []
    for label, view in (("Before", before), ("Now", after)):
        if view:
            seen = f"version {view.number}, captured {moment(view.captured_at)}"
            if view is before and view.last_seen_at > view.captured_at:
                seen += f", last seen {moment(view.last_seen_at)}"
            facts.append(StoryFact(label, seen))
            facts.append(StoryFact(f"{label}: summary", f"sha256:{view.reading.text_sha256}"))
            if before and after and before.reading.text_sha256 == after.reading.text_sha256:
                facts.append(StoryFact(f"{label}: report", f"sha256:{view.reading.report_sha256}"))
    return facts


def _parts(compared: ReadingComparison | None, most_words: int) -> tuple[ChangedPart, ...]:
    parts = []
    for name, comparison in compared.changed if compared else ():
        shown = redline(comparison, heading=name, most_words=most_words)
        part = ChangedPart(one_line(name), _amount(comparison), shown)
        parts.append(part)
        most_words -= sum(len(p.text.split()) for p in shown if isinstance(p, Paragraph))
    return tuple(parts)


def _amount(comparison: Comparison) -> str:
    """Say what came and went, and what moved: "+3 words, 45 words moved"."""
    added, removed, moved = (
        comparison.words_added,
        comparison.words_removed,
        comparison.words_moved,
    )
    told = [word_counts(added, removed)] if added or removed or not moved else []
    return ", ".join([*told, f"{counted(moved, 'word')} moved"] if moved else told)


def _citation(
    outgoing: OutgoingChange, compared: ReadingComparison | None, publishers: Mapping[str, str]
) -> str:
    view = outgoing.after or outgoing.before
    if view is None:
        return ""
    is_whole = bool(compared and compared.summary.is_same and not compared.is_same)
    return cite(view, publishers.get(view.report.source, ""), is_whole=is_whole)


def _full_text(change: Change) -> str:
    return "Both texts" if is_written_anew(change) else "The whole comparison"


def _command(change: Change) -> str:
    report = change.report
    part = f" --part {report.part}" if report.part else ""
    return one_line(
        f"reportwatch diff {report.country} {report.edition}"
        f" {change.from_version} {change.to_version}{part} --source {report.source}"
    )


def _url_of(outgoing: OutgoingChange) -> str:
    view: VersionView | None = outgoing.after or outgoing.before
    return view.url if view else ""
