"""Say of every word of a reading where it stands in another, moved paragraphs included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, groupby

from reports.compare.alignment import Text, Work, align
from reports.compare.comparison import Comparison, compare_texts
from reports.compare.counterparts import pair_sections, text_of
from reports.compare.excerpts import Excerpt, Rows, Word
from reports.compare.layout import Op
from reports.compare.moves import FEWEST_WORDS

_ALIKE = 0.75
"""Share of its words that an excerpt keeps when it is edited while it moves: as of paragraphs."""

_LONGEST_ALIKE = 2  # times its words: more than that around it is another text that quotes it


class _Kept:
    """Each word that was kept, with its place before and after; and those that moved."""

    def __init__(self, compared: Iterable[tuple[int, int, Comparison]]) -> None:
        self.image: dict[Word, Word] = {}
        self.moved: set[Word] = set()
        self._take(compared)
        self.origin = {new: old for old, new in self.image.items()}

    def _take(self, compared: Iterable[tuple[int, int, Comparison]]) -> None:
        """Pair the words that stayed in place, then those of each move in their order."""
        left: dict[int, list[Word]] = {}
        arrived: dict[int, list[Word]] = {}
        for old, new, comparison in compared:
            here, there = 0, 0
            for piece in chain.from_iterable(comparison.paragraphs):
                count = piece.text.count(" ") + 1
                was = Excerpt(old, here, here + count).words()
                now = Excerpt(new, there, there + count).words()
                if piece.op is Op.EQUAL:
                    self.image.update(zip(was, now, strict=True))
                elif piece.move:
                    is_left = piece.op is Op.DELETE
                    moved = left if is_left else arrived
                    moved.setdefault(piece.move, []).extend(was if is_left else now)
                here += count * (piece.op is not Op.INSERT)
                there += count * (piece.op is not Op.DELETE)
        for move, words in left.items():
            self.image.update(zip(words, arrived[move], strict=True))
            self.moved.update(words)


class Carried:
    """Where the words of one reading stand in the next, and which of them changed places."""

    def __init__(self, before: Rows, after: Rows, work: Work) -> None:
        self.before, self.after = before, after
        self._work = work
        self._pairs = pair_sections(before.reading.sections, after.reading.sections)
        self._olds = _numbered([True, *(section is not None for section, _ in self._pairs)])
        self._news = _numbered([True, *(section is not None for _, section in self._pairs)])
        both = zip(self._olds, self._news, strict=True)
        self.counterpart = {old: new for old, new in both if old >= 0}

    @cached_property
    def _kept(self) -> _Kept:
        """Lay the readings over each other, once somebody asks for more than an unchanged text."""
        before, after = self.before.reading, self.after.reading
        old = [before.blocks, *(text_of(section) for section, _ in self._pairs)]
        new = [after.blocks, *(text_of(section) for _, section in self._pairs)]
        compared, _ = compare_texts(old, new, self._work)
        return _Kept(zip(self._olds, self._news, compared, strict=True))

    @property
    def _image(self) -> dict[Word, Word]:
        return self._kept.image

    @property
    def _origin(self) -> dict[Word, Word]:
        return self._kept.origin

    @property
    def _moved(self) -> set[Word]:
        return self._kept.moved

    def unchanged(self, excerpt: Excerpt) -> Excerpt | None:
        """Return where an excerpt stands if all the words of its text are as they were."""
        text = self.counterpart[excerpt.text]
        is_same = (
            text >= 0 and self.before.texts[excerpt.text].words == self.after.texts[text].words
        )
        return excerpt._replace(text=text) if is_same else None

    def whole(self, excerpt: Excerpt) -> Excerpt | None:
        """Return where an excerpt stands whole, its words in a row; None if it nowhere does."""
        first = self._image.get(Word(excerpt.text, excerpt.start))
        if first is None:
            return None
        there = Excerpt(first.text, first.at, first.at + excerpt.end - excerpt.start)
        pairs = zip(excerpt.words(), there.words(), strict=True)
        is_whole = all(self._image.get(old) == new for old, new in pairs)
        return self._filled(excerpt, there) if is_whole else None

    def is_moved(self, excerpt: Excerpt) -> bool:
        """Whether more of the kept words of an excerpt moved than stayed."""
        kept = [word for word in excerpt.words() if word in self._image]
        return sum(word in self._moved for word in kept) * 2 > len(kept)

    def is_between(self, was: Excerpt, at: Excerpt) -> bool:
        """Whether an excerpt stands between the words that stood before and behind it."""
        if self.counterpart[was.text] != at.text:
            return False
        end = len(self.before.texts[was.text].words)
        ahead = (self._stayed(Word(was.text, index)) for index in range(was.start - 1, -1, -1))
        behind = (self._stayed(Word(was.text, index)) for index in range(was.end, end))
        return next(filter(None, ahead), (0, -1))[1] < at.start and (
            at.end <= next(filter(None, behind), (0, at.end))[1]
        )

    def _stayed(self, word: Word) -> Word | None:
        return None if word in self._moved else self._image.get(word)

    def reworded(self, excerpt: Excerpt, share: float) -> Excerpt | None:
        """Return what stands in the place of an excerpt, if this share of its words is there.

        New words that replace its first or last ones, or that came to its own paragraphs, count
        as its words.
        """
        length = excerpt.end - excerpt.start
        cluster = max(self._clusters(excerpt), key=len, default=[])
        if not cluster or len(cluster) < share * length:
            return None
        there = Excerpt(cluster[0].text, cluster[0].at, cluster[-1].at + 1)
        return self._filled(excerpt, there)

    def _clusters(self, excerpt: Excerpt) -> Iterator[list[Word]]:
        """Yield the kept words of an excerpt that still stand together, in their order."""
        cluster: list[Word] = []
        length = excerpt.end - excerpt.start
        for word in (self._image[word] for word in excerpt.words() if word in self._image):
            last = cluster[-1] if cluster else word
            if word.text != last.text or not 0 <= word.at - last.at <= length:
                yield cluster
                cluster = []
            cluster.append(word)
        yield cluster

    def _filled(self, was: Excerpt, there: Excerpt) -> Excerpt:
        """Take in the new words at either end that belong to an excerpt."""
        text = self.after.texts[there.text]
        is_whole = self.before.is_whole(was)
        start, end = there.start, there.end
        if is_whole or Word(was.text, was.start) not in self._image:
            while not text.begins_paragraph(start) and self._is_new(Word(there.text, start - 1)):
                start -= 1
        if is_whole or Word(was.text, was.end - 1) not in self._image:
            while not text.begins_paragraph(end) and self._is_new(Word(there.text, end)):
                end += 1
        return Excerpt(there.text, start, end)

    def _is_new(self, word: Word) -> bool:
        return word not in self._origin

    def came(self, sought: Sequence[str], within: int | None = None) -> Excerpt | None:
        """Return where words newly stand as they are: not where the same stood before."""
        return next((at for at in self.after.find(sought, within) if self._is_new_copy(at)), None)

    def _is_new_copy(self, excerpt: Excerpt) -> bool:
        origins = [self._origin.get(word) for word in excerpt.words()]
        first = origins[0]
        return first is None or origins != list(
            Excerpt(first.text, first.at, first.at + len(origins)).words()
        )

    def came_alike(self, sought: Sequence[str]) -> Excerpt | None:
        """Return where words newly stand that are most of those sought, in their order."""
        if len(sought) < FEWEST_WORDS:
            return None
        found: list[tuple[int, Excerpt]] = []
        for run in self._new_runs():
            kept, excerpt = self._laid_over(sought, run)
            if kept >= _ALIKE * len(sought) and (
                excerpt.end - excerpt.start <= _LONGEST_ALIKE * len(sought)
            ):
                found.append((kept, excerpt))
        return max(found, key=lambda each: each[0])[1] if found else None

    def _new_runs(self) -> Iterator[Excerpt]:
        """Yield the runs of words that came, long enough to hold something that moved."""
        for number, text in enumerate(self.after.texts):
            whole = Excerpt(number, 0, len(text.words)).words()
            for is_new, run in groupby(whole, key=self._is_new):
                words = list(run)
                if is_new and len(words) >= FEWEST_WORDS:
                    yield Excerpt(number, words[0].at, words[-1].at + 1)

    def _laid_over(self, sought: Sequence[str], run: Excerpt) -> tuple[int, Excerpt]:
        words = self.after.words(run)
        runs = align(Text(list(sought), [0]), Text(words, [0]), self._work)
        if not runs:
            return 0, run
        first, last = runs[0].after, runs[-1].after + runs[-1].length
        kept = sum(each.length for each in runs)
        return kept, Excerpt(run.text, run.start + first, run.start + last)


def _numbered(is_there: Sequence[bool]) -> list[int]:
    """Give a number, from 0 on, to each text that is there, and -1 to the others."""
    numbers = iter(range(len(is_there)))
    return [next(numbers) if there else -1 for there in is_there]
