"""The story of the newest edition: which topics left the lists or came, how long reports are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from monitor.layout.bars import Bars
from reports.text.plain import counted
from reports.topics.trends import TopicComparison, TopicTrend, TopicTrendKind
from storage.read.report_rows import MatrixEntry

MOST_TOPICS = 12
"""Topics drawn of those that left, and of those that came."""

MOST_EDITIONS = 8
_NEUTRAL = ("#6aaee6",)


@dataclass(frozen=True)
class MedianWords:
    """How long the median report is, in an edition and the one before, of those in both."""

    reports: int
    before: int
    after: int


@dataclass(frozen=True)
class EditionStory:
    """Two neighbouring editions of a source, for a headline and two pictures.

    ``is_judged`` tells whether enough was read of both to say which topics left or came.
    """

    source: str
    older: str
    newer: str
    is_judged: bool
    has_few_lists: bool
    lists_in_both: int
    gone: tuple[TopicTrend, ...]
    new: tuple[TopicTrend, ...]
    words: MedianWords | None
    lengths: Bars

    @property
    def headline(self) -> str:
        """What there is to say first, in one line."""
        gone, new = len(self.gone), len(self.new)
        lists = f"the issue lists of {self.newer}"
        if not self.is_judged:
            return self.lengths_line
        if gone and new:
            came = f"{new:,} came" if new > 1 else "one came"
            return f"{counted(gone, 'topic')} left {lists}, and {came}"
        if gone:
            return f"{counted(gone, 'topic')} left {lists}"
        return f"{counted(new, 'topic')} came to {lists}" if new else self.lengths_line

    @property
    def lengths_line(self) -> str:
        """How the length of reports changed, ``""`` if it is not known or the same."""
        if self.words is None or self.words.before == self.words.after:
            return ""
        verb = "shrank" if self.words.after < self.words.before else "grew"
        return (
            f"The median report {verb} from {self.words.before:,} words in {self.older}"
            f" to {self.words.after:,} in {self.newer}"
        )

    @property
    def widest(self) -> float:
        """The largest share that is drawn."""
        turned = (*self.gone, *self.new)
        shares = [side.share for each in turned for side in (each.before, each.after)]
        return max(shares, default=0) or 1


def tell_edition(
    source: str,
    compared: TopicComparison,
    unread: Mapping[str, int],
    matrix: Sequence[MatrixEntry],
) -> EditionStory | None:
    """Return what to tell of two editions; None if there is nothing to say."""
    older, newer = compared.before.edition, compared.after.edition
    is_judged = compared.is_telling and not {older, newer} & unread.keys()
    story = EditionStory(
        source,
        older,
        newer,
        is_judged=is_judged,
        has_few_lists=compared.has_few_lists,
        lists_in_both=compared.lists_in_both,
        gone=compared.having(TopicTrendKind.VANISHED) if is_judged else (),
        new=compared.having(TopicTrendKind.APPEARED) if is_judged else (),
        words=_median_words(matrix, older, newer),
        lengths=_lengths(matrix),
    )
    return story if story.headline else None


def _median_words(matrix: Sequence[MatrixEntry], older: str, newer: str) -> MedianWords | None:
    """Return the median lengths of the reports that are held of both editions."""
    words: dict[str, dict[tuple[str, str], int]] = {older: {}, newer: {}}
    for row in matrix:
        if row.edition in words and row.words:
            words[row.edition][row.country, row.part] = row.words
    both = words[older].keys() & words[newer].keys()
    if not both:
        return None
    return MedianWords(
        len(both),
        median_low(words[older][place] for place in both),
        median_low(words[newer][place] for place in both),
    )


def _lengths(matrix: Sequence[MatrixEntry]) -> Bars:
    """Return the median length of each edition's reports, oldest first."""
    found: dict[str, list[int]] = {}
    for row in matrix:
        if row.words:
            found.setdefault(row.edition, []).append(row.words)
    medians = [(edition, median_low(words)) for edition, words in sorted(found.items())]
    return Bars(
        title="Words of the median report, by edition",
        description="; ".join(f"{edition}: {words:,} words" for edition, words in medians),
        parts=("words",),
        columns=tuple((edition, (words,)) for edition, words in medians),
        width=340,
        height=90,
        colours=_NEUTRAL,
    )
