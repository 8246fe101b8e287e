"""Recognise a list of issues by the sentence before it: "They included ...".

What the sentence before names, its problems or whose abuses they are, is what the list is of.
"""

from __future__ import annotations

import re

from reports.issues.actors import actor_of, outsiders_in
from reports.issues.opening import (
    SUBJECT,
    ListOpening,
    is_not_a_list,
    is_other,
    is_second,
    opening_at,
)
from reports.issues.words import names_problem
from reports.text.passage import Passage
from reports.topics.classify import topics_of

# "They included": the list of the problems that the sentence before named.
_POINTS_BACK = re.compile(
    r"(?:According to [^;:]{3,120}, )?"
    r"(?:they|these|those|(?P<plain>(?:(?:the|their|such) )?abuses))"
    r"(?P<noun> (?:issues|problems|abuses|violations|crimes|acts|atrocities))?"
    r"(?: (?:were|are) \w+ and)?(?: also)? included?(?: the following)?(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_GRAVEST_CRIMES = re.compile(
    r"\b(?:genocide|crimes against humanity|war crimes|atrocities)\b"
    r"[^;:]{0,100}?\b(?P<scope>(?:against(?! humanity)|by) [^;:]{3,200})",
    re.IGNORECASE,
)
_RESPONSIBLE = re.compile(
    r"(?P<who>[^.;:]{2,200}?) (?:was|were)(?: also)? responsible for(?: the following)?"
    r"(?: (?:[\w-]+ ){0,4}(?:abuses|violations)(?:,? (?:including|such as)(?=:? )|(?=:)))?"
    r"(?P<colon>:?) +(?=[^;]{3,400};)"
)
# "The crown took steps against human rights problems. These included ...": no problems.
_REMEDY = re.compile(
    r"\b(?:address\w*|steps|efforts?|measures|reforms?|improv\w+|tackl\w+|combat\w*|resolv\w+"
    r"|rais\w+|discuss\w*|respon[ds]\w*|training)\b"
)
_PRONOUN = re.compile(r"(?:it|they|the group)$", re.IGNORECASE)
_STEMS = re.compile(r"[^;:]{0,200}\b(?:stemmed|resulted) from [^;:]*$")
# The actor of a list, to which the list that the next sentence opens belongs, too.
_ACTOR = re.compile(
    r"\b(?:by|involving|committed|on the part of|attributed to|under|held|controlled)\b"
)
_COMMITTED_ABUSES = re.compile(
    r"(?P<who>(?!(?:Members of )?(?:the )?security forces|There\b)[^.;:]{3,200}?)"
    r" (?:(?:also|reportedly|allegedly) )*(?:committed|perpetrated|carried out) [^.;:]{0,100}?"
    r"\b(?:abuses|violations|crimes)\b",
    re.IGNORECASE,
)


def is_only_a_cause(sentence: str) -> bool:
    """Return whether a sentence says whence problems stem, so that the next may list them."""
    return bool(_STEMS.match(sentence))


def actor_before(before: str) -> str:
    """Return the words of a sentence that name whose abuses it tells of; "" if it names nobody."""
    found = _COMMITTED_ABUSES.match(before)
    return found["who"] if found else ""


def names_actor(scope: str) -> bool:
    """Return whether the words that bound a list say whose issues they are."""
    return bool(_ACTOR.search(scope))


def pointing_back(sentence: Passage, before: str) -> ListOpening | None:
    """Return the lead-in "They included", if the sentence before named problems or their actor."""
    found = _POINTS_BACK.match(sentence.text) if before else None
    if not found:
        return None
    actor = actor_of(before)
    if actor:
        return opening_at(sentence, found.end())._replace(
            group=actor, is_of_actor=True, points_back=True
        )
    if found["plain"]:
        return None
    crimes = _GRAVEST_CRIMES.search(before) if found["noun"] == " crimes" else None
    if crimes:
        return opening_at(sentence, found.end(), crimes["scope"].rstrip("."))._replace(
            points_back=True
        )
    noun = SUBJECT.search(before)
    if not noun or is_not_a_list(before[: noun.end()]) or _REMEDY.search(before):
        return None
    named = before[: noun.end()]
    return opening_at(sentence, found.end())._replace(
        is_second=is_second(named), is_other=is_other(named), points_back=True
    )


def responsible(sentence: Passage, before: str) -> ListOpening | None:
    """Return the lead-in "X was also responsible for", if problems follow, parted by semicolons."""
    found = _RESPONSIBLE.match(sentence.text)
    if not found or not _is_problem(sentence.text[found.end() :].partition(";")[0]):
        return None
    who = found["who"]
    actor = actor_of(before) if _PRONOUN.match(who) else ""
    group = actor or outsiders_in(f"by {who}")
    lead = opening_at(sentence, found.end(), "" if group else who)
    return lead._replace(group=group, is_of_actor=bool(group))


def _is_problem(piece: str) -> bool:
    return bool(topics_of(piece)) or names_problem(piece.strip())
