"""Match the issues of two lists: kept, reworded, split, merged, added, dropped.

Lists are reworded in every edition ("arbitrary arrest and detention" becomes "arbitrary arrest or
detention"), so that issues are matched by topic first and by the words that carry meaning then.
Issues about different actors or areas are never matched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.compare.scope import IssueScope, ScopedIssues, about, by_scope, scope_of
from reports.model.reading import Issue, IssueList, IssueStatus
from reports.text.canonical import words

_MOST_PAIRS = (
    4000  # of issues without a twin; longer lists than any report's are only compared whole
)

_ALIKE = 0.55  # least likeness of two wordings of one issue
_PART = 0.6  # share of its words that a part of a split issue takes from the whole
_REST = 0.34  # the same of a part whose topic only the whole has: the topic decides

_FRAME = frozenset(
    re.findall(
        r"\w+",
        """a an and any are as at be been by for from has have in included including is it its of on
        or other such than that the their them there these those to under was were which who with
        act acts all allegation allegations case cases condition conditions country credible
        degree existence extensive forms government government's issue issues involving lack
        large numerous often part practice practices presence problem problems range report
        reported reports reportedly serious severe severely significant some special state
        substantial substantially systematic targeting use widespread year""",
    )
)
"""Words that frame an issue without saying which one it is."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_EXAMPLES = re.compile(r",? (?:including|such as|to include)\b")
_STEM = 6  # letters: "restriction" and "restrictions", "prosecuted" and "prosecution"


@dataclass(frozen=True)
class Matched:
    """Issues that correspond: one to one, one to several, several to one, or one to none."""

    before: tuple[Issue, ...]
    after: tuple[Issue, ...]

    @property
    def is_kept(self) -> bool:
        """Return whether the wording is the same but for capitals and end marks."""
        texts = {folded(issue.text) for issue in (*self.before, *self.after)}
        return len(self.before) == len(self.after) == 1 and len(texts) == 1


@dataclass(frozen=True)
class IssueChanges:
    """What became of every issue of two lists, in their order.

    ``lists_added`` and ``lists_dropped`` are about an actor or area that only one side has a list
    about; ``added`` and ``dropped`` are issues of lists that both sides have. All four are empty if
    a list was not read whole: what then has no counterpart is neither new nor gone, and stands in
    ``unmatched_before`` and ``unmatched_after``. ``is_known`` is False if a list could not be read
    at all: then nothing is said of any issue.
    """

    matched: tuple[Matched, ...] = ()
    added: tuple[Issue, ...] = ()
    dropped: tuple[Issue, ...] = ()
    is_known: bool = True
    lists_added: tuple[ScopedIssues, ...] = ()
    lists_dropped: tuple[ScopedIssues, ...] = ()
    unmatched_before: tuple[Issue, ...] = ()
    unmatched_after: tuple[Issue, ...] = ()

    @property
    def only_before(self) -> tuple[Issue, ...]:
        """The issues gone, whether their list is or not."""
        return _all_of(self.dropped, self.lists_dropped)

    @property
    def only_after(self) -> tuple[Issue, ...]:
        """The issues that are new, whether their list is or not."""
        return _all_of(self.added, self.lists_added)

    @property
    def kept(self) -> tuple[Matched, ...]:
        """The issues named in the same words."""
        return tuple(each for each in self.matched if each.is_kept)

    @property
    def reworded(self) -> tuple[Matched, ...]:
        """The issues named in other words, one to one."""
        return tuple(each for each in self.matched if _shape(each) == (1, 1) and not each.is_kept)

    @property
    def split(self) -> tuple[Matched, ...]:
        """The issues that became several."""
        return tuple(each for each in self.matched if len(each.after) > 1)

    @property
    def merged(self) -> tuple[Matched, ...]:
        """The issues that were several."""
        return tuple(each for each in self.matched if len(each.before) > 1)


def _all_of(issues: tuple[Issue, ...], lists: Iterable[ScopedIssues]) -> tuple[Issue, ...]:
    return (*issues, *(issue for each in lists for issue in each.issues))


def _shape(each: Matched) -> tuple[int, int]:
    return len(each.before), len(each.after)


def pair_issues(before: IssueList, after: IssueList) -> IssueChanges:
    """Match two lists one to one: the versions of one report."""
    return _matched(before, after, may_part=False)


def match_issues(before: IssueList, after: IssueList) -> IssueChanges:
    """Match two lists, one to several and several to one too: two editions."""
    return _matched(before, after, may_part=True)


def folded(text: str) -> str:
    """Return the form in which wordings are compared: no capitals, no end marks."""
    return " ".join(words([text])).casefold().strip(" .,;:")


@dataclass(frozen=True)
class _Named:
    """One issue with what distinguishes it; compared by place, for texts may repeat."""

    place: int
    issue: Issue
    scope: IssueScope

    @cached_property
    def meaning(self) -> frozenset[str]:
        """The stems of the words that carry meaning."""
        return _meaning(self.issue.text)

    @cached_property
    def head(self) -> frozenset[str]:
        """Those before the examples."""
        return _meaning(_EXAMPLES.split(self.issue.text, maxsplit=1)[0])

    @cached_property
    def topics(self) -> frozenset[str]:
        """The topics it is filed under."""
        return frozenset(self.issue.topics)


def _meaning(text: str) -> frozenset[str]:
    found = _WORD.findall(text.casefold())
    return frozenset(word[:_STEM] for word in found if word not in _FRAME)


def _matched(before: IssueList, after: IssueList, *, may_part: bool) -> IssueChanges:
    if IssueStatus.UNPARSED in (before.status, after.status):
        return IssueChanges(is_known=False)
    found = _Matching(before, after)
    if may_part:
        found.part()
    return found.result()


def _named(issues: IssueList) -> list[_Named]:
    return [
        _Named(place, issue, scope_of(about(issue, issues)))
        for place, issue in enumerate(issues.items)
    ]


class _Matching:
    """Match two lists step by step: the same words, then the likest, then parts of a whole."""

    def __init__(self, before: IssueList, after: IssueList) -> None:
        self._before, self._after = before, after
        self._old, self._new = _named(before), _named(after)
        self._afters: dict[int, list[int]] = {}
        self._befores: dict[int, list[int]] = {}
        self._match_twins()
        self._match_likest()

    def _match_twins(self) -> None:
        places: dict[tuple[IssueScope, str], list[int]] = {}
        for new in reversed(self._new):
            places.setdefault((new.scope, folded(new.issue.text)), []).append(new.place)
        for old in self._old:
            same = places.get((old.scope, folded(old.issue.text)))
            if same:
                self._join(old.place, same.pop())

    def _match_likest(self) -> None:
        found = []
        for old, new in self._free_pairs():
            score = _likeness(old, new)
            if score >= _ALIKE:
                found.append((-score, abs(old.place - new.place), old.place, new.place))
        for _, _, old_place, new_place in sorted(found):
            if old_place not in self._afters and new_place not in self._befores:
                self._join(old_place, new_place)

    def _free_pairs(self) -> Iterable[tuple[_Named, _Named]]:
        old, new = self._free()
        if len(old) * len(new) > _MOST_PAIRS:
            return ()
        return ((one, other) for one in old for other in new if one.scope == other.scope)

    def _free(self) -> tuple[list[_Named], list[_Named]]:
        return (
            [each for each in self._old if each.place not in self._afters],
            [each for each in self._new if each.place not in self._befores],
        )

    def part(self) -> None:
        """Attach what is left to the reworded issue it is a part of, on either side."""
        old_left, new_left = self._free()
        pairs = [
            (self._old[place], self._new[partners[0]])
            for place, partners in self._afters.items()
            if folded(self._old[place].issue.text) != folded(self._new[partners[0]].issue.text)
        ]
        if len(pairs) * (len(old_left) + len(new_left)) > _MOST_PAIRS:
            return
        for new in new_left:
            whole = _whole_of(new, [(old, partner) for old, partner in pairs])
            if whole is not None and len(self._befores[self._afters[whole][0]]) == 1:
                self._join(whole, new.place)
        for old in old_left:
            whole = _whole_of(old, [(partner, one) for one, partner in pairs])
            if whole is not None and len(self._afters[self._befores[whole][0]]) == 1:
                self._join(old.place, whole)

    def _join(self, old: int, new: int) -> None:
        self._afters.setdefault(old, []).append(new)
        self._befores.setdefault(new, []).append(old)

    def result(self) -> IssueChanges:
        """Return every issue under what became of it."""
        matched = []
        for old in self._old:
            partners = self._afters.get(old.place)
            if not partners or self._befores[partners[0]][0] != old.place:
                continue
            befores = self._befores[partners[0]]
            matched.append(
                Matched(
                    tuple(self._old[place].issue for place in sorted(befores)),
                    tuple(self._new[place].issue for place in sorted(partners)),
                )
            )
        return self._with_the_rest(tuple(matched))

    def _with_the_rest(self, matched: tuple[Matched, ...]) -> IssueChanges:
        """Return the matched issues, and what may be said of those without a counterpart."""
        gone, came = self._free()
        if not (self._before.is_whole and self._after.is_whole):
            return IssueChanges(
                matched, unmatched_before=_issues(gone), unmatched_after=_issues(came)
            )
        dropped, lists_dropped = _apart(gone, self._new, self._before)
        added, lists_added = _apart(came, self._old, self._after)
        return IssueChanges(matched, added, dropped, True, lists_added, lists_dropped)


def _issues(found: Iterable[_Named]) -> tuple[Issue, ...]:
    return tuple(each.issue for each in found)


def _apart(
    alone: Iterable[_Named], others: Sequence[_Named], within: IssueList
) -> tuple[tuple[Issue, ...], tuple[ScopedIssues, ...]]:
    """Part the issues of lists that the other side has too from those of whole lists it lacks.

    If the other side lists nothing at all, the general list is gone issue by issue.
    """
    known = {each.scope for each in others} if others else {IssueScope()}
    single = [each for each in alone if each.scope in known]
    lists = [each for each in alone if each.scope not in known]
    return _issues(single), by_scope(_issues(lists), within)


def _likeness(one: _Named, other: _Named) -> float:
    """Return how much two wordings name one issue, from 0 to 1."""
    by_words = max(_dice(one.meaning, other.meaning), _dice(one.head, other.head))
    if not by_words or not (one.topics or other.topics):
        return by_words
    return (by_words + _dice(one.topics, other.topics)) / 2


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def _whole_of(part: _Named, pairs: Iterable[tuple[_Named, _Named]]) -> int | None:
    """Return the place of the issue that ``part`` belongs to, given each with its counterpart.

    It takes most of its words from it, or a topic that the counterpart no longer has.
    """
    best: tuple[float, int] | None = None
    for whole, counterpart in pairs:
        if part.scope != whole.scope:
            continue
        shared = len(part.meaning & whole.meaning) / (len(part.meaning) or 1)
        is_rest = bool(part.topics) and part.topics <= whole.topics - counterpart.topics
        is_piece = bool(part.topics & whole.topics) and shared >= _PART
        new_words = part.meaning & whole.meaning - counterpart.meaning
        is_part = (is_rest and shared >= _REST) or (is_piece and new_words)
        if is_part and (best is None or shared > best[0]):
            best = (shared, whole.place)
    return best[1] if best else None
