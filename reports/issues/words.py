"""The vocabulary of issue lists: what a phrase between two commas is by the words it holds.

The lists hold words by their kind, never whole phrases of a page: nouns that name a problem, words
that make a problem of what they describe, persons, rights, and acts done to persons.
"""

from __future__ import annotations

import re
from enum import Enum

from reports.topics.classify import topics_of


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_PROBLEMS = _any_of(
    r"""abductions? abridgement absence abuses? acts? allegations arrests? assaults? attacks? bans?
    barriers beatings? brutality cases censorship coercion concerns conditions conduct
    confiscation corruption crimes? criminali[sz]ation deaths defamation denial deprivation
    destruction detentions? deportations? disappearances? discrimination disparities
    displacement disregard evictions? evidence exclusion executions? existence exploitation
    expulsions? extortion failure forms gaps harassment ill-treatment impunity inability
    incarceration incidents influence infringements? instances interference intimidation
    intolerance jailing kidnappings? killings? labor lack laws? libel limitations? limits
    manipulation marginali[sz]ation marriages? misconduct mistreatment misuse mutilation
    neglect overcrowding penalties persecution presence pressure problems progress
    prohibitions? prosecutions? punishment rape recruitment refoulement reports repression
    requirements restrictions? sanctions servitude shortcomings slavery smuggling
    sterili[sz]ation stigma\w* suppression surveillance threats torture trafficking treatment
    underrepresentation use violations? violence"""
)
_ADVERSE = _any_of(
    r"""arbitrary biased chronic closed coerced corrupt deficient delayed delays? discriminatory
    early enforced excessive extrajudicial forced gender-biased harsh illegal improper inadequate
    incommunicado ineffective inefficient inhuman\w* insufficient lengthy life-threatening limited
    long overcrowded political(?:ly)? poor prolonged reluctant repressive restrictive secret
    selective slow substandard undue unequal unfair unjust\w* unlawful unpunished unresolved unsafe
    vigilante violent weak worst"""
)
_PERSONS = _any_of(
    r"""activists? advocates bloggers children citizens civilians community communities critics
    defenders detainees dissidents employees families forces foreigners girls government groups?
    immigrants individuals infants inmates intersex journalists judges lawyers leaders members men
    migrants military minority minorities minors NGOs? noncitizens officers officials opponents
    organi[sz]ations others parties patients peoples? persons? petitioners police politicians
    prisoners prosecutors protesters queer refugees relatives reporters residents returnees seekers
    soldiers students suspects teachers transgender unionists unions victims witnesses women workers
    writers youths?"""
)
_RIGHTS = _any_of(
    r"""affiliation age assembly association beliefs? class correspondence culture disability
    ethnicity expression family freedoms? gender home identity internet liberty media movement
    nationality origin participation press privacy property race religion residence rights sect sex
    speech status travel worship"""
)
_ACTS = _any_of(
    r"""abductions? abuses? arrests? assaults? attacks? beatings? censorship deportations?
    detentions? disappearances? discrimination executions? exploitation expulsions? extortion
    harassment intimidation kidnappings? killings? mistreatment persecution rape repression
    surveillance threats torture violence"""
)
# Persons whose being held or used is the issue.
_PERSONS_ALONE = re.compile(
    r"(?:an? |the |holding )?(?:political (?:prisoner|detainee)|prisoners of conscience"
    r"|child soldiers|hostages)",
    re.IGNORECASE,
)
# Peoples by their names alone: "Roma", "Jews and Muslims".
_NAMED_PEOPLE = re.compile(
    r"(?:the |other |against )?[A-Z][\w\u2019'-]+(?:(?: and | or | )[A-Z][\w\u2019'-]+){0,3}"
)
# An adjective, or a noun that only describes another: nothing that an issue can end in.
_ENDS_BARE = re.compile(
    r"(?:\b(?:anti-[\w-]+(?<!ism)|arbitrary|coerced|criminal|cruel|degrading|discriminatory|domestic|ethnic"
    r"|excessive|extrajudicial|forced|harsh|illegal|inadequate|inhuman|judicial|lengthy|overcrowded"
    r"|physical|political|pretrial|prolonged|psychological|racial|religious|restrictive|serious"
    r"|severe|sexual|significant|societal|substandard|unlawful|verbal)"
    r"|(?<!in )(?<!of )(?<!to )(?<!the )(?<!into )(?<!from )\b(?:prison|jail))$",
    re.IGNORECASE,
)
_PROBLEM = re.compile(rf"\b{_PROBLEMS}\b", re.IGNORECASE)
_IS_ADVERSE = re.compile(rf"\b{_ADVERSE}\b", re.IGNORECASE)
_ARE_PERSONS = re.compile(rf"\b{_PERSONS}$", re.IGNORECASE)
_ARE_THOSE = re.compile(r"(?:against )?(?:those|the (?:elderly|poor|disabled|homeless|aged))")
_IS_RIGHT = re.compile(rf"\b{_RIGHTS}$", re.IGNORECASE)
_HAPPENS = re.compile(r"\bwho\b|\b\w{3,}ed (?:by|without|in|to|from)\b|\b(?!includ)\w{3,}ing\b")

EXAMPLES = re.compile(r"\b(?:including|such as|for example|e\.g\.)")
_CARRIES_ON = re.compile(
    r"(?:although|though|but|which|who|whom|whose|where|when|while|despite|with|without|due|even"
    r"|(?:all|some|many|most|none) of|both|or|inhuman|in|on|of|for|by|to|at|against|among|from"
    r"|under|through|during|particularly|especially|primarily|mainly|mostly|notably|often|usually"
    r"|sometimes|not|also|resulting|allegedly|reportedly|largely)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"(?:those|these|that|its|their|other|such)\b|[^(]*\bthem\b", re.IGNORECASE
)
_ACRONYM = re.compile(r" \([A-Z+/]{2,12}s?\)")
_HEAD_END = re.compile(
    r" (?:of|in|on|against|for|by|to|with|from|during|among|between|toward|towards|through|at|under"
    r"|that|who|which|where|as|because|within|without|including|such|linked|related|particularly"
    r"|whose|targeting|concerning|regarding|involving|based|viewed|perceived|affiliated|living)\b"
    r"|[(:]"
)

# Acts that share the person they are done to: "harassment, intimidation, and violence against".
_LONE_ACT = re.compile(rf"(?:the )?{_ACTS}", re.IGNORECASE)
_MODIFIED_ACT = re.compile(rf"(?:\w+ ){{0,3}}{_ACTS}", re.IGNORECASE)
_ACT_IN_HOMES = re.compile(r"\b(?:domestic violence|(?:child|spousal) abuse)$", re.IGNORECASE)
_ACT_ON = re.compile(
    rf"{_MODIFIED_ACT.pattern} (?:and \w+ )?(?:of|against|on|by|toward)\b", re.IGNORECASE
)
# Lone words that mostly share the adjective before them: "arbitrary arrest and detention".
_SHARES_ADJECTIVE = re.compile(
    _any_of(
        """abuses? arrests? detentions? discrimination harassment intimidation punishment
        restrictions surveillance threats treatment violence"""
    )
)
# Words that may govern a whole series: "lack of accountability for torture, rape, and killings".
_GOVERNOR = re.compile(
    r"\b(?:absence|accountability|allegations|cases|enforcement|failure|impunity|incidents"
    r"|instances|investigation|involvement|lack|laws|reports|threats?|use)\b.*"
    r" (?:of|for|in|against) (?P<object>.*)"
)


class Kind(Enum):
    """What a phrase between two commas is."""

    ISSUE = "stands alone"
    TAIL = "carries on the phrase before"
    EXAMPLES = "opens examples of the phrase before"
    UNKNOWN = "neither is certain"


def kind_of(phrase: str) -> Kind:
    """Tell what a phrase between two commas is."""
    if EXAMPLES.match(phrase):
        return Kind.EXAMPLES
    if _CARRIES_ON.match(phrase):
        return Kind.TAIL
    if _POINTS_BACK.match(phrase):
        return Kind.UNKNOWN
    return _kind_of_head(_head(phrase), phrase)


def _kind_of_head(head: str, phrase: str) -> Kind:
    if _PERSONS_ALONE.match(phrase) or _PROBLEM.search(head):
        return Kind.ISSUE
    if _ARE_PERSONS.search(head):
        return Kind.TAIL
    if _IS_ADVERSE.search(head):
        return Kind.ISSUE
    if _IS_RIGHT.search(head):
        return Kind.TAIL
    return Kind.ISSUE if topics_of(phrase) else Kind.UNKNOWN


def carries_on(phrase: str) -> bool:
    """Return whether a phrase begins with a word that only carries on the phrase before."""
    return bool(_CARRIES_ON.match(phrase))


def points_back(phrase: str) -> bool:
    """Return whether a phrase cannot stand alone since it points at the one before."""
    return bool(_POINTS_BACK.match(phrase))


def names_problem(phrase: str) -> bool:
    """Return whether a phrase's first noun names a problem, not a right, a group or a place."""
    return bool(_PROBLEM.search(_head(phrase).split(" and ", maxsplit=1)[0]))


def ends_bare(phrase: str) -> bool:
    """Return whether a phrase ends in a word that only describes another: "substandard prison"."""
    return bool(_ENDS_BARE.search(phrase))


def are_named_people(phrase: str) -> bool:
    """Return whether a phrase is the name of a people and nothing else: "Roma"."""
    return bool(_NAMED_PEOPLE.fullmatch(phrase)) and not _PROBLEM.search(phrase)


def names_only_persons(phrase: str) -> bool:
    """Return whether a phrase names persons and nothing that happens to them."""
    if are_named_people(phrase):
        return True
    if _PERSONS_ALONE.match(phrase) or _PROBLEM.search(phrase) or _HAPPENS.search(phrase):
        return False
    head = _head(phrase)
    return bool(_ARE_PERSONS.search(head) or _ARE_THOSE.fullmatch(head))


def ends_with_persons(phrase: str) -> bool:
    """Return whether persons are the last word of a phrase, so that more of them may follow."""
    return bool(_ARE_PERSONS.search(phrase))


def are_persons_as_issue(phrase: str) -> bool:
    """Return whether a phrase names persons whose being held or used is the issue."""
    return bool(_PERSONS_ALONE.match(phrase))


def is_lone_act(phrase: str) -> bool:
    """Return whether a phrase is an act alone, without whom it is done to: "rape"."""
    return bool(_LONE_ACT.fullmatch(phrase))


def is_act(phrase: str) -> bool:
    """Return whether a phrase is an act, perhaps described, without whom it is done to."""
    return bool(_MODIFIED_ACT.fullmatch(phrase))


def is_act_in_homes(phrase: str) -> bool:
    """Return whether a phrase is an act that says by itself whom it is done to: "child abuse"."""
    return bool(_ACT_IN_HOMES.search(phrase))


def is_act_on_persons(phrase: str) -> bool:
    """Return whether a phrase is an act with those it is done to or by: "rape of prisoners"."""
    return bool(_ACT_ON.match(phrase))


def shares_adjective(phrase: str) -> bool:
    """Return whether a word often shares the adjective before "and": "arbitrary arrest and ..."."""
    return bool(_SHARES_ADJECTIVE.fullmatch(phrase))


def governs_problem(phrase: str) -> bool:
    """Return whether a phrase may govern a series of problems: "impunity for rape"."""
    governor = _GOVERNOR.search(phrase)
    return bool(governor and _PROBLEM.search(governor["object"]))


def governs(phrase: str) -> bool:
    """Return whether a phrase has a governing word of its own: "lack of ..."."""
    return bool(_GOVERNOR.search(phrase))


def _head(phrase: str) -> str:
    return _HEAD_END.split(_ACRONYM.sub("", phrase), maxsplit=1)[0].strip()
