"""Tell what a clause states: what was so, or only what somebody says, a law asks, or may be."""

from __future__ import annotations

import re

_NEW_CLAUSE = re.compile(r"; |, (?:but|yet|although|though|while|whereas|however) ")
_SAID = re.compile(
    r"\b(?:said|says|stat(?:ed|es|ing)|claim(?:ed|s|ing)|alleg(?:ed|es|ing)|den(?:ied|ies|ying)"
    r"|reject(?:ed|s|ing)|disput(?:ed|es|ing)|refut(?:ed|es|ing)|dismiss(?:ed|es|ing)"
    r"|believ(?:ed|es|ing)|consider(?:ed|s)|suspect(?:ed|s)|assum(?:ed|es)|argu(?:ed|es|ing)"
    r"|assert(?:ed|s|ing)|insist(?:ed|s|ing)|contend(?:ed|s)|accus(?:ed|es|ing)|charged"
    r"|complain(?:ed|s|ing)|conclud(?:ed|es)|found|not(?:ed|es|ing)|report(?:ed|ing)|describ(?:ed|es)"
    r"|characteriz(?:ed|es)|perceiv(?:ed|es)|announc(?:ed|es)|acknowledg(?:ed|es)|warn(?:ed|s)"
    r"|critici[sz](?:ed|es|ing)|declar(?:ed|es)|promis(?:ed|es)|pledg(?:ed|es)|vow(?:ed|s)"
    r"|call(?:ed|s) (?:for|on)|urg(?:ed|es)|demand(?:ed|s)|hop(?:ed|es)|expect(?:ed|s)"
    r"|express(?:ed|es)|claims? (?:that|of)|perceptions?|according to|in (?:his|her|their) view"
    r"|(?:requir|provid|stipulat|mandat|guarante|prescrib)(?:e[ds]?|ing) that|whether|unless"
    r"|if(?! (?:any|ever|not|at all)\b))\b"
)
_SAID_BEHIND = re.compile(
    r", (?:according to|as) [^;]{1,200}$"
    r"|,\u201d? [^,;]{1,100} (?:said|stated|claimed|alleged|reported|asserted|argued|noted)\.?$"
)
_OF_A_PART = re.compile(r"\b(?:which|who|whom),? according to\b")
_LONGEST = 400  # characters before a clause that are looked at


def is_quoted(before: str, after: str = "") -> bool:
    """Return whether a clause only reports, rejects or denies what somebody else says.

    What a law requires, and what stands behind "if", is not said to be so, either.

    ``before`` and ``after`` are the words of its sentence on either side of it, in lower case.
    """
    governing = _NEW_CLAUSE.split(before[-_LONGEST:])[-1]
    if _SAID.search(governing) or before.count("\u201c") > before.count("\u201d"):
        return True
    return bool(_SAID_BEHIND.search(after[-_LONGEST:])) and not _OF_A_PART.search(after)
