"""Recognise the words that introduce a list of human rights issues."""

from __future__ import annotations

import re

from reports.issues.actors import opening_by_actor
from reports.issues.back_references import pointing_back, responsible
from reports.issues.opening import (
    ACCOUNTABILITY,
    COMMITTED,
    NOUN,
    RANKS,
    REPORTS,
    SUBJECT,
    ListOpening,
    is_spoken_about,
    may_name_problems,
    opening_at,
)
from reports.text.passage import Passage
from reports.topics.classify import topics_of

# "Security force abuses included ...": neither ranked nor said to be of human rights.
_PLAIN = re.compile(
    r"(?:[\w-]+ ){0,4}(?:abuses|problems|violations)(?P<explicit>)"
    r"(?=(?: [^.;:,]{1,80})? included?\b)",
    re.IGNORECASE,
)
_INCLUDES = (
    r"included?(?! in (?:the|its|this|an?)\b)|consisted(?: \w+ly)? of|comprised"
    r"|(?:were|was|are|is)(?: \w+ly)? (?:limited|confined) to"
)
_VERB = re.compile(
    rf"(?P<behind>[^.;:]{{0,160}}?)\b(?:(?P<includes>{_INCLUDES})"
    r"|(?:persisted|existed|occurred|continued|including|(?:were|was) (?:reported|noted|observed))"
    r"(?=:)"
    r"|(?P<goes_on>(?:remained|persisted|continued|existed|occurred|were reported),? "
    r"(?:and )?includ(?:ed|ing))"
    r"|(?:were|was|are|is)(?! responsible)|concerned|involved|(?:stemmed|resulted) from|remained)\b"
    r"(?:,? but (?:(?:were|are) )?not limited to,?)?(?: the following)?"
    r"(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
# The last verb before the first colon, if the colon is its own.
_BEFORE_COLON = re.compile(
    r"(?P<behind>[^;:]{0,400})\b(?P<includes>included?|including)(?P<goes_on>)"
    r"(?:,? but (?:(?:were|are) )?not limited to,?)?(?: the following)?"
    rf"(?:(?P<colon>:)(?: +|$)| (?P<reports>(?={REPORTS}:)))",
    re.IGNORECASE,
)
# A verb of lists behind a weaker one, before the first semicolon: "that were frequent included".
_LATER = re.compile(
    r"(?P<behind>[^;:]{0,300}?)(?<!\bthat )(?<!\bwhich )(?<!\bwho )\b(?P<includes>included)"
    r"(?P<goes_on>)(?P<colon>) (?=[^:]{1,400};)"
)
_VERBLESS = re.compile(r"(?P<behind>)(?P<colon>:)(?: +|$)")
_EXISTENCE = re.compile(
    r"There (?:were|are|continued to be) (?!no\b|few\b|not\b)(?:also )?"
    rf"(?:(?:\w+ ){{0,2}}(?:reports|allegations) of )?(?:[\w-]+,? ){{0,3}}?"
    rf"(?:human rights? {NOUN}|(?:abuses|violations)(?=[^.;:]{{0,80}}:))\b"
    r"(?P<scope>[^.;:]{0,80}?)(?:,? (?:due to|including|related to|such as|that included"
    r"|involving(?![^.;:]{0,80} including))(?: the following)?|(?=:))(?P<colon>:?)(?: +|$)"
)
_AREAS = re.compile(
    rf"\b{NOUN}(?: (?:(?:were|was) )?(?:remained|persisted|existed|continued|reported|noted))? in "
    r"(?:the following|some|several|a few|other|certain|many|a number of)(?: \w+)? areas"
    r"(?=:|,? (?:including|such as)\b)(?:,? (?:including|such as))?(?P<colon>:?)(?: +|$)",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?:not|no|also|often|rarely|generally|well|similar|common|rare|in|at|by|under|due|committed"
    r"|reported|carried out|(?:\w+ed|known|seen) (?:by|in|to|on|as|for|during)|\w+ed(?=;))(?!\w)"
)
_NOUN_PHRASE = re.compile(r"(?:the|an?|that|its|citizens|those|government)\b", re.IGNORECASE)
_RANKED = re.compile(rf"\b{RANKS}\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:an?|another|one) (?:[\w-]+ ){0,3}human rights? (?:problem|issue|concern)$", re.I
)
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
    r"|country|territory|facing|throughout|also|continued|persisted|existed|occurred|\d{4})[ ,]*)+",
    re.IGNORECASE,
)


def opening_of(sentence: Passage, before: str = "") -> ListOpening | None:
    """Return the lead-in that a sentence begins with; None if it introduces no list.

    ``before`` is the sentence before it in its paragraph, which may name what the list is of.
    """
    back = pointing_back(sentence, before)
    if back:
        return back
    if not may_name_problems(sentence.text) and "responsible for" not in sentence.text:
        return None
    return (
        _by_actor(sentence)
        or _existence(sentence)
        or _areas(sentence)
        or _subject(sentence)
        or responsible(sentence, before)
    )


def _by_actor(sentence: Passage) -> ListOpening | None:
    found = opening_by_actor(sentence.text)
    if not found:
        return None
    who, listed = found
    return opening_at(sentence, listed)._replace(group=who, is_of_actor=True)


def _existence(sentence: Passage) -> ListOpening | None:
    found = _EXISTENCE.match(sentence.text)
    if not found:
        return None
    scope = found["scope"].strip(" ,")
    return opening_at(sentence, found.end(), "" if _ONLY_TIME.fullmatch(scope) else scope)


def _areas(sentence: Passage) -> ListOpening | None:
    found = _AREAS.search(sentence.text) if " areas" in sentence.text else None
    return opening_at(sentence, found.end()) if found else None


def _subject(sentence: Passage) -> ListOpening | None:
    text = sentence.text
    subject = SUBJECT.search(text) or _PLAIN.match(text)
    if not subject:
        return None
    clause = _clause(text, subject)
    verb = _verb(text, subject)
    if not verb or ACCOUNTABILITY.search(text, clause, subject.start()):
        return None
    if is_spoken_about(text[: subject.start()]):
        return None
    committed = COMMITTED.search(text, clause, subject.start())
    if committed and not (verb.re is _BEFORE_COLON and ";" in text[verb.end() :]):
        return None
    if not _introduces(text, subject, verb):
        return None
    subject = _last_subject(text, subject, verb)
    by = text[clause : committed.start()].strip(" ,") if committed else ""
    return opening_at(
        sentence, verb.end(), "; ".join(filter(None, (by, _scope(text, subject, verb))))
    )


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
    later = list(SUBJECT.finditer(text, subject.end(), verb.end("behind")))
    return later[-1] if later else subject


def _introduces(text: str, subject: re.Match[str], verb: re.Match[str]) -> bool:
    """Return whether "problems were ..." lists problems, or only says something of them."""
    body, named = text[verb.end() :], text[: verb.start()]
    if verb.re is _VERBLESS:
        return ";" in body and bool(_RANKED.search(named))
    if subject.re is _PLAIN and not topics_of(body):
        return False
    if verb["colon"] or verb["includes"] or verb["goes_on"]:
        return True
    is_ranked = bool(_RANKED.search(named) or _ONE.search(text[: subject.end()]))
    if _PASSIVE.match(body):
        return False
    if ";" in body:
        return True
    return is_ranked and bool(topics_of(body) or (subject["explicit"] and _NOUN_PHRASE.match(body)))


def _scope(text: str, subject: re.Match[str], verb: re.Match[str]) -> str:
    """Return the words of a lead-in that bound its list; "" if it has none."""
    front = _FRONT.match(text[: subject.start()])
    behind = _FIRST_VERB.sub("", text[subject.end() : verb.end("behind")]).strip(" ,\u2013\u2014-")
    parts = [front["scope"] if front else "", "" if _ONLY_TIME.fullmatch(behind) else behind]
    return "; ".join(part for part in parts if part)
