"""Tell whether some words name the state's security forces, and nothing but them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from reports.facts.nonstate import first_outsiders

_WORD = re.compile(r"[\w\u2019'-]+")
_AND = re.compile(r",? (?:and|or|as well as) |, ")
_JOINT_END = re.compile(r"(?:,? (?:and|or))+$")
_FORCES = frozenset(
    (
        *("security", "police", "military", "army", "soldiers", "constabulary", "gendarmerie"),
        *("navy", "gendarmes", "troops", "law-enforcement", "policemen", "servicemen"),
    )
)
_PAIRS = frozenset(
    (
        *("law enforcement", "armed forces", "defense forces", "defence forces", "defense force"),
        *("defence force", "national guard", "national guards", "prison guards"),
        *("prison officers", "border guards", "border guard", "coast guard"),
        *("intelligence services", "prison officials", "intelligence agencies"),
        *("government forces", "state forces", "republican guard", "presidential guard"),
        *("both forces", "these forces", "intelligence service"),
    )
)
_WITH_FORCES = frozenset(
    (
        *("the", "of", "its", "their", "both", "these", "some", "several", "certain"),
        *("individual", "many", "most", "all", "other", "a", "few", "no", "any", "from"),
        *("within", "in", "number", "members", "member", "elements", "personnel", "officers"),
        *("officer", "officials", "agents", "units", "individuals", "representatives", "guards"),
        *("guard", "forces", "force", "services", "service", "agencies", "agency", "apparatus"),
        *("organs", "bodies", "sector", "staff", "government", "state", "national", "local"),
        *("internal", "public", "federal", "municipal", "uniformed", "civil", "regional"),
        *("regular", "presidential", "royal", "special", "mounted", "republican", "interior"),
        *("corrections", "correctional", "intelligence", "law", "armed", "enforcement"),
        *("defense", "defence", "border", "prison", "coast", "branch", "branches", "north"),
        *("south", "east", "west", "northern", "southern", "eastern", "western", "command"),
        *("province", "provinces", "region", "regions", "areas", "capital", "country"),
        *("district", "country\u2019s", "country's", "government\u2019s", "government's"),
        *("state\u2019s", "regime", "regime\u2019s", "regime's", "various"),
    )
)
_NOT_OF_THE_STATE = re.compile(
    r"\b(?:liberation|resistance|revolutionary|rebel|foreign|opposition|salvation"
    r"|independence|self-defense|private|former|retired|rogue|people[\u2019']s army"
    r"|free \w+ army)\b"
)
_BESIDE_THEM = re.compile(
    r"(?:(?:some|other|senior|public|local|government|state) )*(?:officials|authorities)"
    r"|the government|the regime"
)


def names_state_forces(words: str) -> bool:
    """Return whether all of these words name people, among them the state's security forces.

    "Members of the Army and rebels" does; "the army said that rebels" does not.
    """
    parts = [part.strip(" ,") for part in _AND.split(words)]
    parts = [part for part in parts if part]
    is_of_them = [_is_force(part) for part in parts]
    return any(is_of_them) and all(
        is_force or _is_beside_them(part) for part, is_force in zip(parts, is_of_them, strict=True)
    )


def leading_names(words: str) -> str:
    """Return the words at the beginning that may name forces, up to the first that cannot."""
    end = 0
    for found in _WORD.finditer(words):
        if words[end : found.start()].strip(" ,") or not _may_name_or_join(found.group()):
            break
        end = found.end()
    return _JOINT_END.sub("", words[:end])


@lru_cache(maxsize=1_000)  # pages of an edition name their forces in the same words
def _is_force(part: str) -> bool:
    if _NOT_OF_THE_STATE.search(part.lower()) or first_outsiders(part.lower()) is not None:
        return False
    words = _WORD.findall(part)
    lower = [word.lower() for word in words]
    pairs = {f"{one} {two}" for one, two in pairwise(lower)}
    is_named = bool(_FORCES & set(lower) or _PAIRS & pairs)
    return is_named and all(map(_may_name, words))


def _may_name(word: str) -> bool:
    """Return whether a word may stand in the name of a force; capitals are parts of names.

    Whose force it is in "the Front's police" is not known, so that one is none.
    """
    is_name = word[0].isupper() and not word.endswith(("\u2019s", "'s"))
    return is_name or word in _WITH_FORCES or word in _FORCES


def _may_name_or_join(word: str) -> bool:
    return word in ("and", "or") or _may_name(word)


def _is_beside_them(part: str) -> bool:
    lower = part.lower()
    if _BESIDE_THEM.fullmatch(lower):
        return True
    words = _WORD.findall(lower)
    return first_outsiders(lower) is not None and len(words) <= 6
