"""The values of a summary's stock parts, each with its one line of meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FactValue(StrEnum):
    """A value with the line that tells a reader what it stands for."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> FactValue:
        """Make a member of ``value, meaning``."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Trend(FactValue):
    """How the report says that the human rights situation changed during the year."""

    NO_CHANGE = "no_change", "no change, or none that was significant"
    IMPROVED = "improved", "it improved, or the changes were positive"
    WORSENED = "worsened", "it worsened, or the changes were negative"
    MIXED = "mixed", "better and worse, or no significant change but for what the sentence adds"


class CivilianControl(FactValue):
    """Whether authorities controlled the security forces."""

    FULL = "full", "authorities maintained control"
    GENERALLY = "generally", "authorities generally maintained control"
    AT_TIMES_NOT = "at_times_not", "at times or over some forces there was none, or it was weak"
    NONE = "none", "authorities did not maintain control"


class ForceAbuseScale(FactValue):
    """How many abuses members of the security forces are said to have committed."""

    NONE = "none", "none, none reported, or none that was serious"
    FEW = "few", "few"
    SOME = "some", "some, or abuses without a word for how many"
    NUMEROUS = "numerous", "numerous, widespread or pervasive ones"


class Accountability(FactValue):
    """What the report says of steps to identify and punish officials who committed abuses."""

    CREDIBLE = "credible", "steps that the report calls credible"
    SOME = "some", "steps or mechanisms not called limited, or credible steps beside impunity"
    LIMITED = "limited", "limited, minimal, few, rare, selective or inconsistent steps"
    INADEQUATE = "inadequate", "insufficient steps, steps beside impunity, or impunity alone"
    NONE = "none", "no steps, or none that the report would call credible"


class Nonstate(FactValue):
    """Whether armed groups, gangs or terrorists outside the state are said to abuse people."""

    YES = "yes", "the summary tells of abuses by groups outside the state"


@dataclass(frozen=True)
class FactKind:
    """One part of ``reports.model.reading.Facts``: its title for people and its values."""

    title: str
    values: type[FactValue]

    def meaning(self, value: str) -> str:
        """Return what a value means; the value itself if this program does not know it."""
        known = {each.value: each.meaning for each in self.values}
        return known.get(value, value)


PARTS: Mapping[str, FactKind] = {
    "trend": FactKind("Human rights situation during the year", Trend),
    "civilian_control": FactKind("Civilian control of the security forces", CivilianControl),
    "force_abuse_scale": FactKind("Abuses by members of the security forces", ForceAbuseScale),
    "accountability": FactKind("Steps against officials who committed abuses", Accountability),
    "nonstate": FactKind("Abuses by groups outside the state", Nonstate),
}
"""The parts by their names in ``reports.model.reading.Facts``, in the order they are shown."""
