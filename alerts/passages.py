"""Tell what a change did to the passages that its reader watches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.redline import Paragraph, as_paragraph
from reports.compare.diff import Op, compare_blocks
from reports.notices.watched import PassageEvent, PassageNews, ToldPassages, part_name
from reports.text.plain import counted, one_line, shortened, visible
from reports.text.quoted import same_words

MOST_TOLD = 40
"""Passages that one change tells in full; mail programs cut longer messages short."""

_LONGEST_STILL = 200  # characters of one that is as it was

_SAID = {
    PassageEvent.GONE: "is gone",
    PassageEvent.REMOVED: "is gone with its report",
    PassageEvent.REWORDED: "was reworded",
    PassageEvent.BACK: "is back",
    PassageEvent.ABSENT: "had gone before",
    PassageEvent.STILL: "is still there",
}
"""What became of one passage; the gravest first."""

_COUNTED = {each: said.removeprefix("is ").removeprefix("was ") for each, said in _SAID.items()}
_RANK = tuple(_SAID)


@dataclass(frozen=True)
class PassageStory:
    """One watched passage, ready for either template.

    ``paragraphs`` are its words, with what was done to them or under ``op``; ``remarks`` say in
    plain words where it stood and stands. ``nearest`` is what is left that is like one that went.
    """

    title: str
    paragraphs: tuple[str | Paragraph, ...]
    op: Op
    remarks: tuple[str, ...]
    nearest: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether words are shown as deleted or added."""
        shown = (each for each in self.paragraphs if isinstance(each, Paragraph))
        return self.op is not Op.EQUAL or any(each.is_marked for each in shown)


def tell_passages(told: ToldPassages) -> tuple[PassageStory, ...]:
    """Tell each watched passage, those that changed first; what is beyond the bound is counted."""
    news = sorted(told.news, key=lambda each: _RANK.index(each.event))
    stories = [_story(each) for each in news[:MOST_TOLD]]
    if len(news) > MOST_TOLD:
        more = counted(len(news) - MOST_TOLD, "more passage")
        stories.append(PassageStory(f"{more} you watch, not told here", (), Op.EQUAL, ()))
    return tuple(stories)


def passages_gist(news: Sequence[PassageNews]) -> str:
    """Say in a subject what became of passages: "the passage you watch was reworded"."""
    if len(news) == 1:
        return f"the passage you watch {_SAID[news[0].event]}"
    counts = Counter(each.event for each in news)
    said = (
        f"{counts[each]:,} {_COUNTED[each].removeprefix('is ')}" for each in _RANK if counts[each]
    )
    return f"{counted(len(news), 'passage')} you watch: {', '.join(said)}"


def changed(told: ToldPassages) -> tuple[PassageNews, ...]:
    """Return the news of passages that are not as they were."""
    quiet = (PassageEvent.STILL, PassageEvent.ABSENT)
    return tuple(each for each in told.news if each.event not in quiet)


def count_changed(told: Iterable[ToldPassages]) -> list[str]:
    """Say of several changes how many watched passages are not as they were."""
    found = [news for each in told for news in changed(each)]
    counts = Counter(each.event for each in found)
    return [
        f"{counted(counts[each], 'watched passage')} {_COUNTED[each]}"
        for each in _RANK
        if counts[each]
    ]


def _story(news: PassageNews) -> PassageStory:
    title = f"The passage you watch {_SAID[news.event]}{_how(news)}"
    paragraphs, op = _words(news)
    nearest = news.after if news.event is PassageEvent.GONE else ""
    return PassageStory(
        title, paragraphs, op, tuple(_remarks(news)), "\n".join(map(visible, nearest.split("\n")))
    )


def _how(news: PassageNews) -> str:
    if news.event is PassageEvent.BACK:
        return ", word for word as cited" if news.is_cited else ", in other words than cited"
    if news.event is PassageEvent.STILL and not news.is_cited:
        return ", in other words than cited"
    return ""


def _words(news: PassageNews) -> tuple[tuple[str | Paragraph, ...], Op]:
    before, after = news.before.split("\n"), news.after.split("\n")
    if news.event in (PassageEvent.GONE, PassageEvent.REMOVED):
        return tuple(map(visible, before)), Op.DELETE
    if news.event in (PassageEvent.STILL, PassageEvent.ABSENT):
        return (f"“{shortened(news.after or news.before, _LONGEST_STILL)}”",), Op.EQUAL
    if same_words(news.before, news.after):
        return tuple(map(visible, after)), Op.EQUAL
    return tuple(map(as_paragraph, compare_blocks(before, after).paragraphs)), Op.EQUAL


def _remarks(news: PassageNews) -> list[str]:
    where = f", in {part_name(news.part)}" if news.part else ""
    was, now = f"version {news.from_version}", f"version {news.to_version}"
    said = {
        PassageEvent.REWORDED: f"In {now}{where}; before, in {was}.",
        PassageEvent.BACK: f"In {now}{where}; before, in {was}.",
        PassageEvent.GONE: f"In {was}, and no longer in {now}.",
        PassageEvent.REMOVED: f"It stood in {was}, the last one.",
        PassageEvent.ABSENT: f"In {was}, and no longer in {now}.",
        PassageEvent.STILL: f"In {now}{where}.",
    }
    remarks = [said[news.event]]
    if news.event is PassageEvent.GONE:
        left = f"Nearest to it that is left{where}:" if news.after else "Nothing like it is left."
        remarks.append(left)
    if not (news.is_cited or same_words(news.before, news.quote)):
        cited = shortened(news.quote, _LONGEST_STILL)
        remarks.insert(0, f"You cited, from version {news.cited_in}: “{cited}”")
    if news.note:
        remarks.insert(0, f"Your note: {one_line(news.note)}")
    return remarks
