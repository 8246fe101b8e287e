"""Watched passages through recording: each real change is told once, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from archive import Archive, name, sections

from reports.compare.quotations import Followed, Follower, find_quotation
from reports.notices.subscription import Channel, SubscriberState, SubscriptionFilter
from reports.notices.watched import PassageNews, Standing, WatchedPassage
from storage.changes.watched import NoSuchVersion
from storage.watch.locations import Sighting

WORDS = "The court in Port Amsel freed four fishermen on 3 May, two weeks late."
REWORDED = WORDS.replace("four", "five")
OTHER = "The council of Olm met in public, and nobody was kept from its meetings."
LAST = "Elections were held in June."
READER = "ann@law.example"


def watch(archive: Archive, quote: str = WORDS, address: str = READER, **facts: object) -> None:
    """Have an address watch words of the report's latest version."""
    with archive.store.write() as unit:
        number, reading = next(iter(unit.watched.readings(str(name()))))
        found = find_quotation(reading, quote)
        assert found is not None
        passage = WatchedPassage(str(name()), number, found.words, found.text, found.start, **facts)
        stands = unit.watched.begin(passage)
        asked = SubscriptionFilter(passage=passage)
        unit.subscriptions.add(address, Channel.EMAIL, asked, archive.now, stands)
        unit.commit()


def told(archive: Archive, address: str = READER) -> list[tuple[str, PassageNews]]:
    """Return the kind of change and the news of every passage in each message sent now."""
    archive.now += timedelta(minutes=1)
    archive.bind()
    found = []
    with archive.store.write() as unit:
        for number in unit.outbox.due(archive.now):
            message = unit.outbox.load(number)
            unit.outbox.sent(number, archive.now)
            if message.address == address:
                found += [
                    (each.change.kind.value, news)
                    for each in message.changes
                    for news in message.told_of(each.change).news
                ]
        unit.commit()
    return found


def events(archive: Archive, address: str = READER) -> list[str]:
    return [f"{kind}: {news.event.value}" for kind, news in told(archive, address)]


def standing(archive: Archive) -> Standing:
    with archive.store.read() as unit:
        (one,) = unit.subscriptions.all(READER)
    assert one.anchor is not None
    assert one.filter.passage is not None
    return one.anchor.standing(one.filter.passage.quote)


def text(*blocks: str) -> str:
    return "|".join(blocks)


HISTORIES: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "moved past its neighbour": ([text(OTHER, WORDS)], []),
    "split from it": ([text(WORDS, OTHER)], []),
    "merged with it": ([f"{WORDS} {OTHER}"], []),
    "other words changed": ([f"{WORDS} {OTHER.replace('public', 'private')}"], []),
    "white space and quotation marks": (
        [text(WORDS.replace("two weeks", "two  weeks"), OTHER)],
        [],
    ),
    "reworded": ([text(REWORDED, OTHER)], ["edited: reworded"]),
    "reworded and then left alone": (
        [text(REWORDED, OTHER), text(REWORDED, LAST)],
        ["edited: reworded"],
    ),
    "reworded and moved": ([text(OTHER, REWORDED)], ["edited: reworded"]),
    "reworded and back": (
        [text(REWORDED, OTHER), text(WORDS, OTHER)],
        ["edited: reworded", "edited: back"],
    ),
    "reworded twice": (
        [text(REWORDED, OTHER), text(WORDS.replace("four", "six"), OTHER)],
        ["edited: reworded", "edited: reworded"],
    ),
    "gone": ([OTHER], ["edited: gone"]),
    "gone for good": ([OTHER, text(OTHER, LAST), LAST], ["edited: gone"]),
    "gone and back": ([OTHER, text(OTHER, WORDS)], ["edited: gone", "edited: back"]),
    "gone and back with other words": (
        [OTHER, text(OTHER, LAST), text(REWORDED, OTHER)],
        ["edited: gone", "edited: back"],
    ),
}


@pytest.mark.parametrize("what", HISTORIES)
def test_each_real_change_of_a_passage_is_told_once(archive: Archive, what: str) -> None:
    texts, expected = HISTORIES[what]
    archive.run(archive.sees(f"{WORDS} {OTHER}"), is_baseline=True)
    watch(archive)
    for each in texts:
        archive.run(archive.sees(each))
    assert events(archive) == expected


def test_the_news_hold_both_texts_their_versions_and_the_part(archive: Archive) -> None:
    parts = sections("Nothing happened.")
    archive.run(archive.sees(WORDS, parts=parts), is_baseline=True)
    watch(archive, note="Case 12")
    archive.run(archive.sees(LAST, parts=(*sections(f"Nothing happened. {REWORDED}"),)))
    ((_, news),) = told(archive)
    assert (news.before, news.from_version, news.after, news.to_version) == (WORDS, 1, REWORDED, 2)
    assert (news.quote, news.cited_in, news.note) == (WORDS, 1, "Case 12")
    assert (news.part, news.is_cited) == ("Section 1", False)


def test_what_is_left_alone_is_told_to_who_asked_for_it(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive, is_still=True)
    archive.run(archive.sees(text(WORDS, LAST)))
    archive.run(archive.sees(text(WORDS, OTHER, LAST)))
    assert events(archive) == ["edited: still there"] * 2


def test_removal_and_restoration_are_told_whatever_became_of_the_words(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    watch(archive, OTHER, "ben@law.example")
    archive.run(archive.sees(text(WORDS, LAST)))
    for _ in range(2):
        archive.run(archive.misses())
    archive.run(archive.sees(text(WORDS, LAST)))
    assert events(archive, "ben@law.example") == [
        "edited: gone",
        "removed: gone before",
        "restored: gone before",
    ]


def test_the_reader_of_a_passage_hears_of_removal_and_return(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    for _ in range(2):
        archive.run(archive.misses())
    archive.run(archive.sees(text(REWORDED, OTHER)))
    assert events(archive) == ["removed: gone with its report", "restored: reworded"]


def test_moves_of_the_report_are_told(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    archive.run(archive.sees(text(WORDS, OTHER), moved_to=f"{archive.url()}new/"))
    assert events(archive) == ["moved: still there"]


def _older(archive: Archive, words: str) -> Sighting:
    return archive.sees(words, seen_at=archive.now - timedelta(days=90))


def test_imports_and_rereads_move_a_passage_in_silence(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    archive.run(_older(archive, OTHER), is_silent=True)
    assert standing(archive) is Standing.CITED
    archive.run(archive.sees(text(REWORDED, OTHER)), is_silent=True)
    assert standing(archive) is Standing.REWORDED
    archive.run(archive.sees(text(REWORDED, LAST)))
    assert events(archive) == []


def test_an_import_between_two_versions_moves_no_passage(archive: Archive) -> None:
    first = archive.now
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    archive.now += timedelta(days=30)
    archive.run(archive.sees(text(WORDS, LAST)))
    watch(archive)
    between = archive.sees(text(OTHER, LAST), seen_at=first + timedelta(days=9))
    archive.run(between, is_silent=True)
    assert [each.to_version for each in archive.changes()] == [1, 3, 2]
    assert standing(archive) is Standing.CITED
    assert events(archive) == []


def test_what_stood_there_before_brings_no_passage_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    archive.run(archive.sees(text(OTHER, LAST)))
    found = Followed(WORDS, OTHER)  # as if laid over each other anew the texts looked alike
    monkeypatch.setattr(Follower, "follow", lambda *_: found)
    archive.run(archive.sees(text(OTHER, LAST, "And in July.")))
    assert standing(archive) is Standing.GONE
    assert events(archive) == ["edited: gone"]


def test_what_goes_to_and_fro_is_held_and_told_once_it_stays(archive: Archive) -> None:
    a, b = text(WORDS, OTHER), text(REWORDED, OTHER)
    archive.run(archive.sees(a), is_baseline=True)
    watch(archive)
    for each in (b, a, b, a, b):
        archive.run(archive.sees(each))
    assert events(archive) == ["edited: reworded", "edited: back"]
    archive.run(archive.sees(text(REWORDED, LAST)))
    assert events(archive) == ["edited: reworded"]


def test_a_reader_with_two_passages_and_a_filter_hears_of_one_change_once(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    watch(archive, OTHER)
    archive.subscribe(READER, countries=("XAB",))
    archive.run(archive.sees(text(REWORDED, OTHER)))
    assert len(archive.alerts()) == 1
    assert events(archive) == ["edited: reworded", "edited: still there"]
    with archive.store.read() as unit:
        message = unit.outbox.load(1)
    assert not message.told_of(message.changes[0].change).is_all


def test_an_address_set_aside_is_told_when_it_is_written_to_again(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    watch(archive)
    with archive.store.write() as unit:
        reader = unit.subscribers.named(READER)
        unit.subscribers.change(reader.id, state=SubscriberState.SET_ASIDE.value)
        unit.commit()
    for each in (text(REWORDED, OTHER), text(REWORDED, LAST), LAST):
        archive.run(archive.sees(each))
    assert archive.alerts() == []
    with archive.store.write() as unit:
        unit.subscribers.change(reader.id, state=SubscriberState.ACTIVE.value)
        made = unit.alerts.make_up(reader, archive.now - timedelta(days=1), archive.now)
        again = unit.alerts.make_up(reader, archive.now - timedelta(days=1), archive.now)
        unit.commit()
    assert (made, again) == (2, 0)
    assert events(archive) == ["edited: reworded", "edited: gone"]


def test_only_passages_of_the_report_that_changed_are_followed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.run(archive.sees(WORDS), archive.sees(OTHER, "XAC"), is_baseline=True)
    watch(archive)
    asked: list[int] = []
    real = type(archive.store)  # the readings are asked for by the reports' numbers
    assert real
    from storage.changes import watched

    was = watched._Texts.reading
    monkeypatch.setattr(
        watched._Texts,
        "reading",
        lambda self, report_id, number: asked.append(report_id) or was(self, report_id, number),
    )
    archive.run(archive.sees(text(OTHER, LAST), "XAC"))
    assert asked == []
    archive.run(archive.sees(REWORDED))
    assert len(set(asked)) == 1


def test_a_passage_of_an_older_version_begins_where_it_stands_now(archive: Archive) -> None:
    archive.run(archive.sees(text(WORDS, OTHER)), is_baseline=True)
    archive.run(archive.sees(text(OTHER, REWORDED)))
    passage = WatchedPassage(str(name()), 1, WORDS, 0, 0)
    with archive.store.read() as unit:
        _, anchor = unit.watched.begin(passage)
        with pytest.raises(NoSuchVersion):
            unit.watched.begin(WatchedPassage(str(name()), 7, WORDS, 0, 0))
        with pytest.raises(NoSuchVersion):
            unit.watched.begin(WatchedPassage(str(name("XZZ")), 1, WORDS, 0, 0))
    assert (anchor.version, anchor.words, anchor.gone_in) == (2, REWORDED, 0)
    assert anchor.standing(WORDS) is Standing.REWORDED
