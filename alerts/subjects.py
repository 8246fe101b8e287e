"""Say in a subject which family it is about, what was lost, and what else changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from alerts.alike import Alike, Compared, in_groups
from alerts.passages import changed, count_changed, passages_gist
from alerts.vanished import vanished_subject
from reports.model.values import Change, ChangeKind
from reports.notices.importance import Loss, loss
from reports.notices.watched import NOTHING_WATCHED, ToldPassages
from reports.notices.watching import OF_THE_WHOLE
from reports.text.plain import counted, one_line
from reports.wording.changes import KIND_NAMES, gist, report_name

LONGEST_SUBJECT = 180
_LONGEST_NAME = 80  # of a report: what happened must stay in sight
_LONGEST_FAMILY = 40
_MOST_FAMILIES = 2
_MOST_NAMES = 4
_MOST_GROUPS = 2


def family_of(changes: Sequence[Change], short_names: Mapping[str, str]) -> str:
    """Name the families that changes are of, as readers call them; ``""`` for more than two."""
    sources = list(dict.fromkeys(change.report.source for change in changes))
    if len(sources) > _MOST_FAMILIES:
        return ""
    names = (short_names.get(source) or source for source in sources)
    return " and ".join(one_line(name, _LONGEST_FAMILY) for name in names)


def title_of_one(change: Compared, passages: ToldPassages = NOTHING_WATCHED) -> str:
    """Return what one change is told under: "Kazakhstan 2021: 1 issue gone, 3 reworded".

    What became of passages that the reader watches comes first, and is all if nothing else was
    asked for; but that the report is gone, back or elsewhere comes before it.
    """
    outgoing, compared = change
    if outgoing.change.vanished:
        return vanished_subject([outgoing])
    name = one_line(report_name(outgoing.change), _LONGEST_NAME)
    said = gist(outgoing.change, compared)
    is_whole = outgoing.change.kind in OF_THE_WHOLE
    news = passages.news if passages.is_all else changed(passages)
    if news:
        watched = passages_gist(news)
        both = (said, watched) if is_whole else (watched, said)
        said = watched if passages.is_all and not is_whole else "; ".join(both)
    return f"{name}: {said}"


def title_of_several(
    changes: Sequence[Compared], family: str, passages: Sequence[ToldPassages] = ()
) -> str:
    """Count changes that are told one after the other, say what was lost, and name the first.

    As many are named as a subject that begins with ``family`` has room for.
    """
    told = [outgoing.change for outgoing, _ in changes]
    if all(change.vanished for change in told):
        return vanished_subject([outgoing for outgoing, _ in changes])
    names = list(dict.fromkeys(map(_name, told)))
    watched = count_changed(passages)
    counts = ", ".join([counted(len(told), "change"), *watched, *_gone(told), *_less(told)])
    said = counts
    for most in range(_MOST_NAMES, 0, -1):
        shown = ", ".join(one_line(name, _LONGEST_NAME // 2) for name in names[:most])
        more = f" and {len(names) - most:,} more" if len(names) > most else ""
        said = f"{counts}: {shown}{more}"
        if len(said) <= LONGEST_SUBJECT - len(family) - len(": "):
            break
    return said


def title_of_many(
    changes: Sequence[Compared], alike: Sequence[Alike], passages: Sequence[ToldPassages] = ()
) -> str:
    """Say of very many changes what is gone, what was edited alike, and how many others there are.

    "1 report gone; 25 reports edited alike; 3 more, 2 lost an issue".
    """
    told = [outgoing.change for outgoing, _ in changes]
    if edition := new_edition(told):
        return f"a new edition, {edition}: {counted(len(told), 'report')} published"
    grouped = in_groups(alike[:_MOST_GROUPS])
    rest = [each for each in told if id(each) not in grouped and loss(each) > Loss.TOPIC]
    groups = (group.title for group in alike[:_MOST_GROUPS])
    said = [*count_changed(passages), *_gone(told), *groups]
    if rest:
        first = f"{len(rest):,} more" if said else _by_kind(rest)
        said.append(", ".join([first, *_less(rest)]))
    return "; ".join(said)


def new_edition(changes: Sequence[Change]) -> str:
    """Return the edition whose reports were published and nothing else; ``""`` for none."""
    kinds = {change.kind for change in changes}
    editions = {one_line(change.report.edition) for change in changes}
    is_one = kinds == {ChangeKind.PUBLISHED} and len(editions) == 1
    return editions.pop() if is_one else ""


def _name(change: Change) -> str:
    if change.vanished:
        return f"{one_line(change.report.edition)} issue lists"
    return report_name(change)


def _gone(changes: Sequence[Change]) -> list[str]:
    kinds = Counter(change.kind for change in changes)
    removed, dropped = kinds[ChangeKind.REMOVED], kinds[ChangeKind.COUNTRY_DROPPED]
    topics = kinds[ChangeKind.TOPIC_VANISHED]
    dropped_said = f"{dropped:,} {'country' if dropped == 1 else 'countries'} dropped"
    return [
        *[f"{counted(removed, 'report')} gone"] * bool(removed),
        *[dropped_said] * bool(dropped),
        *[f"{counted(topics, 'topic')} left the lists"] * bool(topics),
    ]


def _less(changes: Sequence[Change]) -> list[str]:
    """Say how many of some reports no longer list an issue."""
    count = sum(bool(change.issues_gone) for change in changes)
    is_each = count == len(changes) > 1
    return [f"{'each' if is_each else f'{count:,}'} lost an issue"] * bool(count)


def _by_kind(changes: Sequence[Change]) -> str:
    kinds = Counter(KIND_NAMES[change.kind] for change in changes).most_common()
    if len(kinds) == 1:
        return f"{counted(len(changes), 'report')} {kinds[0][0]}"
    said = ", ".join(f"{count:,} {kind}" for kind, count in kinds)
    return f"{counted(len(changes), 'change')}: {said}"
