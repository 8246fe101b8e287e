"""Whom and which area an issue is about: lists of different actors are never paired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reports.model.reading import Issue, IssueList

IssueScope = frozenset[str]
"""The words that name an actor or area; none if a list is about the whole country."""

_WORD = re.compile(r"[^\W_]+")
_EXAMPLES = re.compile(r",? (?:including|such as)\b.*|\([^()]*\)", re.I | re.S)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text in the singular; "Norden" is not "Nordenfield": no stems."""
    return frozenset(word.rstrip("s") for word in _WORD.findall(text.casefold())) - {""}


_NO_NAMES = _words(
    """a an and are be been by for from had has have in it its of or that the their them there these
    those to under was were which who whom with within abuse administered administration committed
    control controlled credible held human included including involved involving issues members
    occurred occurring problems regarding reports respect rights significant violations""",
)
"""Words that name neither an actor nor an area."""

_AREAS = _words("area district part province provincial region territory territories zone")
_AREA = "in an area"  # abuses by rebels are not abuses in areas held by rebels


@dataclass(frozen=True)
class ScopedIssues:
    """Issues about one actor or area, in the report's own words for it; ``""`` without any."""

    about: str
    issues: tuple[Issue, ...]


def about(issue: Issue, within: IssueList) -> str:
    """Return the words that say whom and which area an issue is about."""
    lead = within.leads[issue.lead].scope if 0 <= issue.lead < len(within.leads) else ""
    return "; ".join(filter(None, (issue.group, lead)))


def scope_of(words: str) -> IssueScope:
    """Return the scope that some words name, whatever the wording and the examples of the year."""
    found = _words(_EXAMPLES.sub(" ", words))
    if not found - _NO_NAMES - _AREAS:  # "areas such as the North": the example alone is a name
        found = _words(words)
    names = found - _NO_NAMES - _AREAS
    return names | {_AREA} if found & _AREAS else names


def by_scope(issues: Iterable[Issue], within: IssueList) -> tuple[ScopedIssues, ...]:
    """Gather issues of one list by their scopes, in the order of the first of each."""
    found: dict[IssueScope, tuple[str, list[Issue]]] = {}
    for issue in issues:
        words = about(issue, within)
        found.setdefault(scope_of(words), (words, []))[1].append(issue)
    return tuple(ScopedIssues(words, tuple(each)) for words, each in found.values())
