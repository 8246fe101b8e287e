"""What Prefect's interface shows of a run: a table of outcomes, changes word by word, events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from alerts.redline import Elision, RedlinePart
from reports.compare.diff import Op, Span
from reports.model.values import Change, ChangeKind
from services.runs.run import RunReport

SHOWN = 200
"""Changes and failures listed in full; beyond, their number is given."""

LEGEND = "~~Struck~~ words were deleted, **bold** words were added."

EVENTS = 100
"""Events a run may emit of single changes: Prefect's queue of events is finite."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_FRAMES = {Op.EQUAL: "", Op.DELETE: "~~", Op.INSERT: "**"}
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:@/])")


@dataclass(frozen=True)
class Redline:
    """What changed within one part of a report: its name, and its changed paragraphs."""

    name: str
    parts: Sequence[RedlinePart]


@dataclass(frozen=True)
class Event:
    """One event for Prefect: its name, the resource it concerns and its facts."""

    name: str
    resource: str
    facts: dict[str, object]


def artifact_key(kind: str, source: str) -> str:
    """Return an artifact's key, which Prefect wants in lower case, digits and dashes."""
    return f"{kind}-{re.sub(r'[^a-z0-9]+', '-', source.lower())}"


def summary_line(report: RunReport) -> str:
    """Say in one line what came of a run: ``run 12: 40 checked, 1 edited, 39 unchanged``."""
    counts = [f"{count} {name}" for name, count in report.counts.items() if count]
    return f"run {report.run_id}: {', '.join(counts) or 'nothing to look at'}"


def outcome_table(report: RunReport) -> list[dict[str, object]]:
    """Return the counts as rows, those that are zero left out."""
    return [
        {"outcome": name, "locations": count} for name, count in report.counts.items() if count
    ] or [{"outcome": "checked", "locations": 0}]


def change_page(
    report: RunReport, monitor_url: str, redlines: Mapping[int, Sequence[Redline]] | None = None
) -> str:
    """Return Markdown that names what changed and what failed, linked to the monitor.

    ``redlines`` holds by a change's number what is shown of it word by word. Everything that came
    from a publisher is escaped. ``""`` if there is nothing to report.
    """
    lines = [
        *_section("Changes", [_change_line(each, monitor_url) for each in report.changes]),
        *_word_by_word(report.changes, redlines or {}),
        *_section("Failures", [_failure_line(dict(each)) for each in report.failures]),
    ]
    return "\n".join([f"# {escape(report.source)}, run {report.run_id}", *lines]) if lines else ""


def events(report: RunReport) -> Iterator[Event]:
    """Yield an event per change, at most EVENTS of them, a roll-up of the rest, and the end."""
    resource = f"reportwatch.source.{report.source}"
    for change in report.changes[:EVENTS]:
        facts = {"change": change.id, "report": str(change.report), "line": change.summary_line}
        yield Event(
            f"reportwatch.report.{change.kind}", f"reportwatch.report.{change.report}", facts
        )
    if rest := report.changes[EVENTS:]:
        counted = Counter(str(change.kind) for change in rest)
        yield Event("reportwatch.report.more", resource, {"changes": dict(counted)})
    ended = {"run_id": report.run_id, "counts": dict(report.counts)}
    yield Event("reportwatch.run.closed", resource, ended)


def escape(text: str) -> str:
    """Make any text harmless in Markdown: one line, no mark-up, no HTML, no hidden characters."""
    plain = _CONTROLS.sub(" ", text)
    marked = _MARKS.sub(r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;"))
    return marked.strip()


def _section(heading: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return ["", f"## {heading}", "", *lines[:SHOWN], *more]


def _word_by_word(
    changes: Sequence[Change], redlines: Mapping[int, Sequence[Redline]]
) -> list[str]:
    shown = [each for each in changes if redlines.get(each.id)]
    if not shown:
        return []
    lines = ["", "## Word by word", "", LEGEND]
    for change in shown:
        lines += ["", f"### {escape(change.title or str(change.report))}"]
        for part in redlines[change.id]:
            lines += ["", f"#### {escape(part.name)}"]
            for paragraph in part.parts:
                lines += ["", redline_line(paragraph)]
    return lines


def redline_line(part: RedlinePart) -> str:
    """Return one paragraph of a difference as Markdown, or the words for those left out."""
    if isinstance(part, Elision):
        return f"*{escape(part.text)}*"
    return " ".join(filter(None, map(_marked, part.pieces)))


def _marked(piece: Span) -> str:
    """Return words as they stand, struck or bold; Markdown wants no space inside its marks."""
    text, frame = escape(piece.text), _FRAMES[piece.op]
    if not text:
        return ""
    remark = f"moved, {piece.move}" if piece.move else piece.remark
    return f"{frame}{text}{frame}" + (f" *{escape(f'({remark})')}*" if remark else "")


def _change_line(change: Change, monitor_url: str) -> str:
    says = change.summary_line or change.title
    baseline = " (baseline)" if change.is_baseline else ""
    name = escape(str(change.report))
    if monitor_url:
        name = f"[{name}]({_address(change, monitor_url)})"
    return f"- {name} **{escape(str(change.kind))}**{baseline} {escape(says)}".rstrip()


def _address(change: Change, monitor_url: str) -> str:
    if change.kind is ChangeKind.COUNTRY_DROPPED:  # there is no report to show
        asked = urlencode({"source": change.report.source, "country": change.report.country})
        return f"{monitor_url}/reports?{asked}"
    page = f"{monitor_url}/reports/{quote(str(change.report))}"
    if change.from_version and change.to_version:
        return f"{page}/diff/{change.from_version}..{change.to_version}"
    return page


def _failure_line(failure: dict[str, str]) -> str:
    where, reason = escape(failure["url"]), escape(failure["reason"])
    return f"- {where} **{escape(failure['outcome'])}** {reason}".rstrip()
