"""What a change of a report does to a passage that somebody watches: the next anchor, the news."""

from __future__ import annotations

from dataclasses import replace

from reports.compare.quotations import Followed
from reports.model.values import Change, ChangeKind
from reports.notices.watched import Anchor, PassageEvent, PassageNews, WatchedPassage
from reports.text.quoted import same_words

OF_THE_WHOLE = (ChangeKind.REMOVED, ChangeKind.RESTORED, ChangeKind.MOVED)
"""Kinds that whoever watches a passage of the report is told of, whatever they do to its words."""

BRINGS_WORDS = (ChangeKind.EDITED, ChangeKind.RESTORED)
"""Kinds after which a passage may stand otherwise than before."""


def is_news(change: Change, passage: WatchedPassage, news: PassageNews) -> bool:
    """Tell whether a change is worth a message to who watches a passage and asked nothing else."""
    if change.kind in OF_THE_WHOLE:
        return True
    if change.kind is not ChangeKind.EDITED:
        return False
    if news.event is PassageEvent.STILL:
        return passage.is_still
    return news.event is not PassageEvent.ABSENT


def stays(
    subscription: int, passage: WatchedPassage, anchor: Anchor, change: Change
) -> PassageNews:
    """Say how a passage stands after a change that touches no word of its report."""
    is_removed = change.kind is ChangeKind.REMOVED
    event = PassageEvent.REMOVED if is_removed else PassageEvent.STILL
    told = _news(subscription, passage, anchor, PassageEvent.ABSENT if anchor.gone_in else event)
    if anchor.gone_in or is_removed:
        return replace(told, to_version=anchor.gone_in)
    is_cited = same_words(anchor.words, passage.quote)
    return replace(told, after=anchor.words, to_version=anchor.version, is_cited=is_cited)


def steps(
    subscription: int, passage: WatchedPassage, anchor: Anchor, found: Followed, number: int
) -> tuple[Anchor, PassageNews]:
    """Go on to version ``number``, in which a passage was followed to what was ``found``."""
    was_gone = anchor.gone_in != 0
    if found.is_gone:
        event = PassageEvent.ABSENT if was_gone else PassageEvent.GONE
        gone_in = anchor.gone_in or number
        told = _news(subscription, passage, anchor, event)
        told = replace(told, after="" if was_gone else found.nearest, to_version=gone_in)
        return replace(anchor, gone_in=gone_in), replace(told, part=found.part)
    is_cited = same_words(found.words, passage.quote)
    if was_gone:
        event = PassageEvent.BACK
    elif same_words(found.words, found.before):
        event = PassageEvent.STILL
    else:
        event = PassageEvent.BACK if is_cited else PassageEvent.REWORDED
    told = replace(
        _news(subscription, passage, anchor, event),
        before=found.before,
        after=found.words,
        to_version=number,
        part=found.part,
        is_cited=is_cited,
    )
    return Anchor(number, found.words, found.text, found.start), told


def _news(
    subscription: int, passage: WatchedPassage, anchor: Anchor, event: PassageEvent
) -> PassageNews:
    return PassageNews(
        subscription=subscription,
        event=event,
        quote=passage.quote,
        cited_in=passage.version,
        note=passage.note,
        before=anchor.words,
        from_version=anchor.version,
    )
