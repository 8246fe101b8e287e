"""Compare the forms of a page: what came, what went, and what of it belongs together."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable

from reports.model.form import Form, FormDifference, FormPart

_Key = Callable[[FormPart], Hashable]


def compare_forms(before: Form, after: Form) -> tuple[FormDifference, ...]:
    """Return what differs, in the order of the form after; what went alone comes last.

    A part that went is paired with one of its kind that came: with one of the same name, else with
    one of the same value, else in order if as many came as went.
    """
    gone = _without(before.parts, after.parts)
    come = _without(after.parts, before.parts)
    if not gone and not come:
        return () if before.parts == after.parts else (FormDifference(None, None),)
    pairs: dict[int, FormPart] = {}
    for key in (_by_name, _by_value, _by_kind):
        gone = _pair(gone, come, pairs, key)
    found = [FormDifference(pairs.get(at), part) for at, part in enumerate(come)]
    return (*found, *(FormDifference(part, None) for part in gone))


def _without(parts: Iterable[FormPart], others: Iterable[FormPart]) -> list[FormPart]:
    """Return the parts that the others do not have, or have less often, in their order."""
    known = Counter(others)
    left = []
    for part in parts:
        if known[part] > 0:
            known[part] -= 1
        else:
            left.append(part)
    return left


def _pair(
    gone: list[FormPart], come: list[FormPart], pairs: dict[int, FormPart], key: _Key
) -> list[FormPart]:
    """Pair what went with what came under one key; returns what went and stays alone."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for at, part in enumerate(come):
        if at not in pairs:
            waiting[key(part)].append(at)
    if key is _by_kind:
        counts = Counter(map(key, gone))
        waiting = defaultdict(deque, {k: v for k, v in waiting.items() if len(v) == counts[k]})
    left = []
    for part in gone:
        found = waiting[key(part)]
        if found:
            pairs[found.popleft()] = part
        else:
            left.append(part)
    return left


def _by_name(part: FormPart) -> Hashable:
    return part.kind, part.name


def _by_value(part: FormPart) -> Hashable:
    return part.kind, part.value


def _by_kind(part: FormPart) -> Hashable:
    return part.kind
