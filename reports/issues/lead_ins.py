"""Recognise the words that introduce a list of human rights issues."""

from __future__ import annotations

import re
from typing import NamedTuple

from reports.issues.actors import actor_of, opening_by_actor, outsiders_in
from reports.issues.words import names_problem
from reports.model.reading import IssueRank
from reports.text.passage import Passage
from reports.topics.classify import topics_of

_NOUNS = ("issue", "problem", "abuse", "concern", "violation", "responsible for")
NOUN = r"(?:issues?|problems?|abuses?|concerns?|violations?)"

HUMAN_RIGHTS = r"(?:human rights?(?: \(HRs?\))?(?:[- ]related)?|HR)"
RANKS = (
    r"(?:most|main|principal|primary|major|serious|significant|severe|important|egregious|pressing"
    r"|other|additional|further|reported|following|societal|second|third|fourth|broad)"
)
_KINDS_OF_REPORTS = r"(?:reports|allegations)(?: (?:or|and) (?:reports|allegations))?"
_REPORTS = (
    rf"(?:\w+ ){{0,2}}{_KINDS_OF_REPORTS}(?:,? (?:by|involving|in|against) [^.;:]{{1,120}}?,?)? of"
)
_SUBJECT = re.compile(
    rf"\b(?P<explicit>{HUMAN_RIGHTS} {NOUN})\b"
    rf"|\b{RANKS} (?:areas? of )?{NOUN}\b"
    rf"|^(?P<bare>(?:These )?(?:issues|problems|abuses))(?= (?:also )?included?\b)"
    r"|^(?P<abuses>(?:[\w-]+ ){1,4}abuses)(?=(?: [^.;:,]{1,80})? included?\b)",
    re.IGNORECASE,
)
_INCLUDES = r"included?|consisted(?: \w+ly)? of|(?:were|was|are|is)(?: \w+ly)? limited to|comprised"
_VERB = re.compile(
    rf"(?P<behind>[^.;:]{{0,160}}?)\b(?:(?P<includes>{_INCLUDES})"
    r"|(?:persisted|existed|occurred|continued|including|(?:were|was) (?:reported|noted|observed))"
    r"(?=:)"
    r"|(?P<goes_on>(?:remained|persisted|continued|existed|occurred|were reported),? "
    r"(?:and )?includ(?:ed|ing))"
    r"|(?:were|was|are|is)(?! responsible)|concerned|involved|stemmed from|remained)\b"
    r"(?:,? but (?:were|are) not limited to)?(?: the following)?"
    r"(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
# The last verb before the first colon, if the colon is its own.
_BEFORE_COLON = re.compile(
    r"(?P<behind>[^;:]{0,400})\b(?P<includes>included?|including)(?P<goes_on>)"
    r"(?:,? but (?:(?:were|are) )?not limited to)?(?: the following)?"
    rf"(?:(?P<colon>:)(?: +|$)| (?P<reports>(?={_REPORTS}:)))",
    re.IGNORECASE,
)
# A verb of lists behind a weaker one, before the first semicolon: "that were frequent included".
_LATER = re.compile(
    r"(?P<behind>[^;:]{0,300}?)(?<!\bthat )(?<!\bwhich )(?<!\bwho )\b(?P<includes>included)"
    r"(?P<goes_on>)(?P<colon>) (?=[^:]{1,400};)"
)
# "They included": the list of the problems that the sentence before named.
_POINTS_BACK = re.compile(
    r"(?:According to [^;:]{3,120}, )?(?:they|these|those)"
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
    r"(?P<colon>:?) +(?=[^;]{3,400};)"
)
_PRONOUN = re.compile(r"(?:it|they|the group)$", re.IGNORECASE)
_STEMS = re.compile(r"[^;:]{0,200}\bstemmed from [^;:]*$")
# The actor of a list, to which the list that the next sentence opens belongs, too.
_ACTOR = re.compile(
    r"\b(?:by|involving|committed|on the part of|attributed to|under|held|controlled)\b"
)
_COMMITTED_ABUSES = re.compile(
    r"(?P<who>(?!(?:Members of )?(?:the )?security forces|There\b)[^.;:]{3,200}?)"
    r" (?:(?:also|reportedly|allegedly) )*(?:committed|perpetrated) [^.;:]{0,100}?"
    r"\b(?:abuses|violations|crimes)\b",
    re.IGNORECASE,
)
_VERBLESS = re.compile(r"(?P<behind>)(?P<colon>:)(?: +|$)")
_EXISTENCE = re.compile(
    r"There (?:were|are|continued to be) (?!no\b|few\b|not\b)(?:also )?"
    rf"(?:(?:\w+ ){{0,2}}(?:reports|allegations) of )?(?:[\w-]+,? ){{0,3}}?human rights? {NOUN}\b"
    r"(?P<scope>[^.;:]{0,80}?)(?:,? (?:due to|including|related to|such as|that included"
    r"|involving(?![^.;:]{0,80} including))(?: the following)?|(?=:))(?P<colon>:?)(?: +|$)"
)
_AREAS = re.compile(
    rf"\b{NOUN}(?: (?:(?:were|was) )?(?:remained|persisted|existed|continued|reported|noted))? in "
    r"(?:the following|some|several|a few|other|certain|many|a number of)(?: \w+)? areas"
    r"(?=:|,? (?:including|such as)\b)(?:,? (?:including|such as))?(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_REPORTS_OF = re.compile(
    r"(?:(?:credible|frequent|continuing|continued|numerous|some|many|several"
    r"|isolated|persistent|widespread|additional|further) ){0,2}"
    rf"{_KINDS_OF_REPORTS}(?:,? (?P<scope>(?:by|involving|in|against) [^.;:]{{1,120}}?),?)? of"
    r"(?: the following(?: (?P<whose>[^.;:]{1,120}))?(?=:))?(?P<colon>:?)(?: +|$)"
)
_LATER_REPORTS_OF = re.compile(
    r"(?:; (?:and )?|,? and (?=credible ))(?:\w+ )?(?:reports|allegations) of\b"
)
_ACCOUNTABILITY = re.compile(
    r"\b(?:officials? (?:who|accused|implicated)|prosecut\w+"
    r"|punish(?:ed|es|ing)?\b|investigat\w+|impunity|no (?:\w+ )?reports|mechanisms)\b",
    re.IGNORECASE,
)
_COMMITTED = re.compile(r"\b(?:perpetrat\w+|commit\w*)\b", re.IGNORECASE)
_PASSIVE = re.compile(
    r"(?:not|no|also|often|rarely|generally|well|similar|common|rare|in|at|by|under|due|committed"
    r"|reported|carried out|(?:\w+ed|known|seen) (?:by|in|to|on|as|for|during)|\w+ed(?=;))(?!\w)"
)
_NOUN_PHRASE = re.compile(r"(?:the|an?|that|its|citizens|those|government)\b", re.IGNORECASE)
_RANKED = re.compile(rf"\b{RANKS}\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:an?|another|one) (?:[\w-]+ ){0,3}human rights? (?:problem|issue|concern)$", re.I
)
_NAMES_RANK = re.compile(rf"{HUMAN_RIGHTS} |\b(?!societal){RANKS}\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:other|additional|further|also|additionally)\b", re.IGNORECASE)
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:reports|allegations|claims) (?:of|that)\b|\balleged(?:ly)?\b", re.I)
_FRONT = re.compile(
    r"(?P<scope>(?:In|On|At|Within|Outside|Under|By|With|Among|Throughout|For|Regarding|Apart"
    r"|Beyond|According)\b.*?),? (?:the |there )?(?:[\w-]+ ){0,3}$"
)
_SUBORDINATE = re.compile(
    r"(?P<clause>(?:Although|While|Despite|Even|Notwithstanding|After|Since)\b.*, )"
    r"(?:the )?(?:[\w-]+ ){0,3}$"
)
# What stands before "and included": a first verb of the sentence, which bounds nothing.
_FIRST_VERB = re.compile(
    r"(?<!\bthat )(?<!\bwho )(?<!\bwhich )\b(?:involved|took|was|were|remained)\b[^;:]{0,200} and $"
    r"|,? (?:which|that|and) $"
)
_ONLY_TIME = re.compile(
    r"(?:(?:that )?(?:were )?(?:reported|observed|noted|during|the|reporting|last|year|period|in"
    r"|country|territory|facing|throughout|also|continued|persisted|existed|\d{4})[ ,]*)+",
    re.IGNORECASE,
)


class ListOpening(NamedTuple):
    """The words that introduce a list, what they say of it, and what follows them."""

    words: Passage
    body: Passage
    scope: str = ""
    is_hedged: bool = False
    is_second: bool = False
    is_other: bool = False
    group: str = ""
    is_of_actor: bool = False
    points_back: bool = False

    def rank(self, before: IssueRank | None) -> IssueRank:
        """Return the list's rank; ``before`` is that of the list it goes on after, if it does."""
        if self.is_of_actor:
            return IssueRank.FURTHER
        if before and not self.is_second and not _NAMES_RANK.search(self.words.text):
            return IssueRank.OTHER if before is IssueRank.OTHER else IssueRank.FURTHER
        if not self.is_second:
            return IssueRank.PRINCIPAL
        return IssueRank.FURTHER if before and not self.is_other else IssueRank.OTHER


def opening_of(sentence: Passage, before: str = "") -> ListOpening | None:
    """Return the lead-in that a sentence begins with; None if it introduces no list.

    ``before`` is the sentence before it in its paragraph, which may name what the list is of.
    """
    back = _pointing_back(sentence, before)
    if back:
        return back
    lowered = sentence.text.lower()
    if not any(noun in lowered for noun in _NOUNS):  # spares most sentences the search
        return None
    return (
        _by_actor(sentence)
        or _existence(sentence)
        or _areas(sentence)
        or _subject(sentence)
        or _responsible(sentence, before)
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


def without_reports_of(body: Passage) -> tuple[Passage, str]:
    """Drop "credible reports of" if it leads the whole list and not the first issue alone.

    Returns the rest, and the words in between that bound the list ("by all parties").
    """
    reports_of = _REPORTS_OF.match(body.text)
    if not reports_of:
        return body, ""
    leads_all = reports_of["colon"] or not _LATER_REPORTS_OF.search(body.text)
    if not leads_all or (reports_of["scope"] and not reports_of["colon"]):
        return body, ""
    return body.cut(reports_of.end()), reports_of["scope"] or reports_of["whose"] or ""


def is_not_a_list(text: str) -> bool:
    """Return whether words speak of accountability or of who committed abuses."""
    return bool(_ACCOUNTABILITY.search(text) or _COMMITTED.search(text))


def _pointing_back(sentence: Passage, before: str) -> ListOpening | None:
    found = _POINTS_BACK.match(sentence.text) if before else None
    if not found:
        return None
    actor = actor_of(before)
    if actor:
        return _lead(sentence, found, "")._replace(group=actor, is_of_actor=True, points_back=True)
    crimes = _GRAVEST_CRIMES.search(before) if found["noun"] == " crimes" else None
    if crimes:
        return _lead(sentence, found, crimes["scope"].rstrip("."))._replace(points_back=True)
    noun = _SUBJECT.search(before)
    if not noun or is_not_a_list(before[: noun.end()]):
        return None
    is_second = bool(_SECOND.search(before, 0, noun.end()))
    is_other = bool(_OTHER.search(before, 0, noun.end()))
    return _lead(sentence, found, "")._replace(
        is_second=is_second, is_other=is_other, points_back=True
    )


def _by_actor(sentence: Passage) -> ListOpening | None:
    found = opening_by_actor(sentence.text)
    if not found:
        return None
    who, listed = found
    return _lead(sentence, listed, "")._replace(group=who, is_of_actor=True)


def _responsible(sentence: Passage, before: str) -> ListOpening | None:
    found = _RESPONSIBLE.match(sentence.text)
    if not found or not all(map(_is_problem, sentence.text[found.end() :].split(";"))):
        return None
    who = found["who"]
    actor = actor_of(before) if _PRONOUN.match(who) else ""
    group = actor or outsiders_in(f"by {who}")
    lead = _lead(sentence, found, "" if group else who)
    return lead._replace(group=group, is_of_actor=bool(group))


def _is_problem(piece: str) -> bool:
    return bool(topics_of(piece)) or names_problem(piece.strip())


def _existence(sentence: Passage) -> ListOpening | None:
    found = _EXISTENCE.match(sentence.text)
    if not found:
        return None
    scope = found["scope"].strip(" ,")
    return _lead(sentence, found, "" if _ONLY_TIME.fullmatch(scope) else scope)


def _areas(sentence: Passage) -> ListOpening | None:
    found = _AREAS.search(sentence.text) if " areas" in sentence.text else None
    return _lead(sentence, found, "") if found else None


def _subject(sentence: Passage) -> ListOpening | None:
    text = sentence.text
    subject = _SUBJECT.search(text)
    if not subject:
        return None
    clause = _clause(text, subject)
    verb = _verb(text, subject)
    if not verb or _ACCOUNTABILITY.search(text, clause, subject.start()):
        return None
    committed = _COMMITTED.search(text, clause, subject.start())
    if committed and not (verb.re is _BEFORE_COLON and ";" in text[verb.end() :]):
        return None
    if not _introduces(text, subject, verb):
        return None
    subject = _last_subject(text, subject, verb)
    by = text[clause : committed.start()].strip(" ,") if committed else ""
    return _lead(sentence, verb, "; ".join(filter(None, (by, _scope(text, subject, verb)))))


def _verb(text: str, subject: re.Match[str]) -> re.Match[str] | None:
    """Return the verb that ends the lead-in: the last one before its colon or first semicolon.

    It is not the last one if a problem is named before it: then the list has begun.
    """
    first = _VERB.match(text, subject.end())
    if not first:
        return _VERBLESS.match(text, subject.end()) or _BEFORE_COLON.match(text, subject.end())
    if first["colon"]:
        return first
    for pattern in (_BEFORE_COLON, _LATER):
        later = pattern.match(text, subject.end())
        if later and _is_of_lead_in(text[first.end() : later.start("includes")], later):
            return later
    return first


def _is_of_lead_in(between: str, later: re.Match[str]) -> bool:
    return bool(later.groupdict().get("reports") is not None or not topics_of(between))


def _clause(text: str, subject: re.Match[str]) -> int:
    """Return where the subject's own clause begins: behind "Although ..., "."""
    front = _SUBORDINATE.match(text, 0, subject.start())
    return front.end("clause") if front else 0


def _last_subject(text: str, subject: re.Match[str], verb: re.Match[str]) -> re.Match[str]:
    """Return the verb's own subject: a clause before it may name abuses, too."""
    later = list(_SUBJECT.finditer(text, subject.end(), verb.end("behind")))
    return later[-1] if later else subject


def _introduces(text: str, subject: re.Match[str], verb: re.Match[str]) -> bool:
    """Return whether "problems were ..." lists problems, or only says something of them."""
    body, named = text[verb.end() :], text[: verb.start()]
    if verb.re is _VERBLESS:
        return ";" in body and bool(_RANKED.search(named))
    if verb["colon"] or verb["goes_on"] is not None:
        return True
    is_ranked = bool(_RANKED.search(named) or _ONE.search(text[: subject.end()]))
    if verb["includes"]:
        return bool(subject["explicit"] or subject["bare"] or subject["abuses"] or is_ranked)
    if _PASSIVE.match(body):
        return False
    if ";" in body:
        return True
    return is_ranked and bool(topics_of(body) or (subject["explicit"] and _NOUN_PHRASE.match(body)))


def _lead(sentence: Passage, found: re.Match[str] | int, scope: str) -> ListOpening:
    end = found if isinstance(found, int) else found.end()
    body, between = without_reports_of(sentence.cut(end))
    words = sentence.cut(0, body.start - sentence.start).stripped_right(" ")
    return ListOpening(
        words,
        body,
        "; ".join(part for part in (scope, between) if part),
        bool(_HEDGE.search(words.text)),
        bool(_SECOND.search(words.text)),
        bool(_OTHER.search(words.text)),
        outsiders_in(scope),
    )


def _scope(text: str, subject: re.Match[str], verb: re.Match[str]) -> str:
    """Return the words of a lead-in that bound its list; "" if it has none."""
    front = _FRONT.match(text[: subject.start()])
    behind = _FIRST_VERB.sub("", text[subject.end() : verb.end("behind")]).strip(" ,\u2013\u2014-")
    parts = [front["scope"] if front else "", "" if _ONLY_TIME.fullmatch(behind) else behind]
    return "; ".join(part for part in parts if part)
