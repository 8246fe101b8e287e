"""Say what changed on a page beside its words: links, pictures, tables, numbering."""

from __future__ import annotations

from reports.model.form import Appearance, FormDifference, FormKind, FormPart
from reports.text.plain import one_line

LONGEST_NAME = 120
LONGEST_VALUE = 300

_NOUNS = {
    FormKind.LINK: "link",
    FormKind.PICTURE: "picture",
    FormKind.FRAME: "embedded page or player",
    FormKind.TABLE: "table",
    FormKind.LIST: "numbered list",
    FormKind.RAISED: "superscript",
    FormKind.LOWERED: "subscript",
    FormKind.CONTROL: "text on a button, form or drawing",
}
REORDERED = "links, pictures or tables stand in another order"


def appearance_line(appearance: Appearance | None) -> str:
    """Say in one clause what changed, the words unchanged: the first difference, and how many."""
    if appearance is None or not appearance.differences:
        return "its appearance changed, its words did not"
    said = difference_line(appearance.differences[0])
    more = appearance.difference_count - 1
    if not more:
        return said
    return f"{said}, and {more:,} more difference{'s' if more > 1 else ''} in appearance"


def difference_lines(appearance: Appearance) -> list[str]:
    """Return a sentence for each difference, and one for those not written down."""
    lines = [difference_line(each) for each in appearance.differences]
    more = appearance.difference_count - len(lines)
    return [*lines, f"and {more:,} more"] if more > 0 else lines


def difference_line(difference: FormDifference) -> str:
    """Say what one difference is: "the link behind “annex” now leads to …"."""
    before, after = difference.before, difference.after
    if before and after:
        return _changed(before, after)
    if after:
        return f"{_a(_NOUNS[after.kind])} was added: {_described(after)}"
    if before:
        return f"{_a(_NOUNS[before.kind])} was removed: {_described(before)}"
    return REORDERED


def _changed(before: FormPart, after: FormPart) -> str:
    kind, is_same_name = after.kind, before.name == after.name
    if kind is FormKind.LINK and is_same_name:
        leads = f"now leads to {_value(after)}, before to {_value(before)}"
        return f"the link behind {_name(after)} {leads}"
    if kind is FormKind.LINK and before.value == after.value:
        behind = f"is now behind {_name(after)}, before behind {_name(before)}"
        return f"the link to {_value(after)} {behind}"
    if kind is FormKind.PICTURE and before.value == after.value:
        return (
            f"the alternative text of the picture {_value(after)} is now {_name(after)},"
            f" before {_name(before)}"
        )
    if kind is FormKind.TABLE:
        return (
            f"the table that begins {_name(after)} has other rows or cells: {_value(after)},"
            f" before {_value(before)}"
        )
    if kind is FormKind.LIST:
        return (
            f"the list that begins {_name(after)} is numbered differently: {_value(after)},"
            f" before {_value(before)}"
        )
    if kind is FormKind.CONTROL:
        return f"{_control(after)} now says {_quoted(after.value)}, before {_quoted(before.value)}"
    return f"{_a(_NOUNS[kind])} was replaced: {_described(after)}, before {_described(before)}"


def _described(part: FormPart) -> str:
    match part.kind:
        case FormKind.LINK:
            return f"{_name(part)} leads to {_value(part)}"
        case FormKind.PICTURE:
            return f"{_name(part)} ({_value(part)})"
        case FormKind.FRAME:
            return _value(part)
        case FormKind.TABLE | FormKind.LIST:
            return f"{_name(part)} ({_value(part)})"
        case FormKind.RAISED | FormKind.LOWERED:
            return f"{_quoted(part.value)} after {_name(part)}"
        case FormKind.CONTROL:
            return f"{_control(part)} says {_quoted(part.value)}"


def _control(part: FormPart) -> str:
    names = {"svg": "a drawing", "math": "a formula", "form": "a form", "nav": "a menu"}
    return names.get(part.name, f"a {one_line(part.name, LONGEST_NAME)} element")


def _name(part: FormPart) -> str:
    return _quoted(part.name, LONGEST_NAME) if part.name else "no text"


def _value(part: FormPart) -> str:
    return one_line(part.value, LONGEST_VALUE) or "nothing"


def _quoted(text: str, most: int = LONGEST_VALUE) -> str:
    return f"“{one_line(text, most)}”"


def _a(noun: str) -> str:
    if noun.startswith("text"):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
