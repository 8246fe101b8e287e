"""Print for people how topics fared from edition to edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.output.results import MOST_COLUMNS, console, say, say_prose
from reports.text.plain import counted, one_line
from reports.topics.trends import Figure, TopicComparison, TopicTrend, TopicTrendKind
from reports.wording.changes import group_name, topic_name
from reports.wording.unread_lists import PARTIAL_LISTS

if TYPE_CHECKING:
    from services.runs.topics import TopicsView
    from storage.texts.facts import EditionTopics

BARS = "▁▂▃▄▅▆▇█"
NONE = "·"
GAP = "  "

_FEW = 0.10  # a share that moves by less is not named among those that fell or rose
_MOST = 3  # topics named among those that fell or rose
_SHORT = 30  # characters of their names
_WITH_SHARES = 4  # editions in a table whose cells have room for shares; the bars show them too
_LEAST = 20  # characters of a topic's name in a table, however narrow the terminal


def print_topics(view: TopicsView, *, with_table: bool) -> None:
    """Print what left the issue lists and what is new, or every topic too."""
    for compared in view.comparisons:
        _print_comparison(view, compared)
    for edition, count in sorted(view.unread.items()):
        noun = counted(count, "report")
        say_prose(f"{noun} of {edition} not read by this reader yet: `reportwatch reread`")
    if with_table or not view.comparisons:
        _print_table(view)
    say_prose("Absence of reporting is not evidence of absence.")
    if not with_table and view.comparisons:
        say_prose("Every topic: --table. A picture: --chart FILE. Which countries: --json.")


def _print_comparison(view: TopicsView, compared: TopicComparison) -> None:
    before, after = compared.before, compared.after
    sides = {each.edition: each for each in view.editions}
    say_prose(
        f"{view.title}, {before.edition} against {after.edition}: "
        f"{counted(compared.reports_in_both, 'report')} stored in both."
    )
    say_prose(f"{_told(sides[before.edition])}. {_told(sides[after.edition])}.")
    if not compared.is_possible:
        say_prose("There are no issue lists on both sides, so nothing can be compared.")
        return
    if compared.before.partial or compared.after.partial:
        say_prose(f"{PARTIAL_LISTS} Which: --json.")
    if compared.has_few_lists:
        say_prose("There are few lists: one report more or less moves these shares much.")
    if not compared.is_whole:
        say_prose(
            "Too few reports are in both to compare the editions: what left and what is new goes "
            f"by the {counted(compared.lists_in_both, 'report')} with a list in both."
        )
    _print_turned(view, compared, TopicTrendKind.VANISHED, "Left the issue lists")
    _print_turned(view, compared, TopicTrendKind.APPEARED, "New in the issue lists")
    for verdict, label in ((TopicTrendKind.FELL, "Fell most"), (TopicTrendKind.ROSE, "Rose most")):
        moved = [each for each in compared.having(verdict) if _moved(each) >= _FEW][:_MOST]
        if moved:
            say_prose(f"{label}: {', '.join(map(_from_to, moved))}")


def _from_to(trend: TopicTrend) -> str:
    name = _cut(topic_name(trend.topic), _SHORT)
    return f"{name} {_percent(trend.before)} → {_percent(trend.after)}"


def _told(side: EditionTopics) -> str:
    said = [
        f"{side.edition}: {counted(side.lists, 'issue list')} in {counted(side.reports, 'report')}",
        f"{side.none_reported:,} with nothing to report",
        f"{counted(side.partial, 'list')} not read whole" if side.partial else "",
        f"{counted(side.unparsed, 'list')} not readable" if side.unparsed else "",
    ]
    return ", ".join(filter(None, said))


def _print_turned(
    view: TopicsView, compared: TopicComparison, verdict: TopicTrendKind, title: str
) -> None:
    found = compared.having(verdict)
    if not found:
        say(f"{title}: none")
        return
    headings = (
        f"{title} ({len(found)})",
        f"{compared.before.edition}, of {len(compared.before.topics):,}",
        f"{compared.after.edition}, of {len(compared.after.topics):,}",
        f"of {compared.lists_in_both:,} in both",
        _years(view),
    )
    rows = [
        (
            topic_name(each.topic),
            _count(each.before),
            _count(each.after),
            f"{each.both_before.reports:,} → {each.both_after.reports:,}",
            sparkline(view, each.topic),
        )
        for each in found
    ]
    _say_table(headings, rows)


def _print_table(view: TopicsView) -> None:
    """Print reports and share of lists for every topic, by group; a bar for each edition."""
    editions = [each.edition for each in view.editions]
    for group, topics in view.grouped_topics:
        rows = [(topic_name(id_), *_counts(view, id_), sparkline(view, id_)) for id_ in topics]
        say("")
        _say_table((group_name(group), *editions, _years(view)), rows)
    counts = [
        (label, *(f"{getattr(each, name):,}" for each in view.editions)) for label, name in _OF
    ]
    say("")
    _say_table(("Of these reports", *editions), counts)
    say("")


_OF = (
    ("reports read", "reports"),
    ("with an issue list", "lists"),
    ("saying there was nothing to report", "none_reported"),
    ("with a list that was not read whole", "partial"),
    ("with a list that could not be read", "unparsed"),
)


def _say_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table whose first column gives way, so that no line is folded."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    others = sum(widths[1:]) + len(GAP) * len(widths[1:])
    widths[0] = min(widths[0], max(_line_width() - others, len(headings[0]), _LEAST))
    for row in (headings, *rows):
        first, *rest = (one_line(text) for text in row)
        cells = [text.rjust(width) for text, width in zip(rest, widths[1:], strict=True)]
        say(GAP.join([_cut(first, widths[0]).ljust(widths[0]), *cells]))


def _line_width() -> int:
    drawn_on = console()
    return drawn_on.width if drawn_on.is_terminal else MOST_COLUMNS


def _counts(view: TopicsView, topic: str) -> list[str]:
    figures = [each.figure(topic) for each in view.editions]
    if len(figures) > _WITH_SHARES:
        return [f"{figure.reports:,}" if figure.reports else NONE for figure in figures]
    return [_count(figure) if figure.reports else NONE for figure in figures]


def _count(figure: Figure) -> str:
    return f"{figure.reports:,} {_percent(figure):>4}" if figure.reports else "0"


def sparkline(view: TopicsView, topic: str) -> str:
    """Return one bar an edition: how much of its lists names a topic, a dot for none."""
    return "".join(_bar(each.figure(topic)) for each in view.editions)


def _bar(figure: Figure) -> str:
    if not figure.reports:
        return NONE
    return BARS[min(int(figure.share * len(BARS)), len(BARS) - 1)]


def _years(view: TopicsView) -> str:
    first, last = view.editions[0].edition, view.editions[-1].edition
    return first if first == last else f"{first}-{last}"


def _percent(figure: Figure) -> str:
    return f"{100 * figure.share:.0f} %"


def _moved(trend: TopicTrend) -> float:
    return abs(trend.after.share - trend.before.share)


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip(" ,") + "…"


def why_nothing(view: TopicsView) -> str:
    """Say why there is no edition to show, and what to do."""
    unread = sum(view.unread.values())
    if unread:
        held = counted(unread, "report")
        return f"{held} stored, not read by this reader yet: `reportwatch reread {view.source}`"
    return f"no report of {view.source} is stored; `reportwatch ingest {view.source}` brings them"
