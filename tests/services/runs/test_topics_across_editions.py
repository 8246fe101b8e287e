"""Topics across editions held: what is shown of them, and what is told once one has vanished."""

from __future__ import annotations

from datetime import timedelta

import pytest
from topic_stage import NOW, REVISION, SOURCE, countries, end_run, hold, naming

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.topics.trends import Figure, TopicTrendKind
from services.runs.run import BadRequest
from services.runs.topics import read_topics
from storage.store import Store

LATER = NOW + timedelta(hours=1)


def two_editions(store: Store, before: int = 12, after: int = 0, of: int = 20) -> None:
    hold(store, "2023", naming(before, of))
    hold(store, "2024", naming(after, of))


def subscribe(store: Store, address: str, **filters: list[str]) -> None:
    with store.write() as unit:
        unit.subscriptions.add(address, Channel.EMAIL, SubscriptionFilter(**filters), NOW)
        unit.commit()


def told(store: Store) -> dict[str, int]:
    """Return how many topics each address is told of."""
    with store.read() as unit:
        addresses = [each.address for each in unit.alerts.all()]
    return {address: addresses.count(address) for address in addresses}


def recorded(store: Store) -> list[Change]:
    with store.read() as unit:
        return unit.changes.find(kinds=[ChangeKind.TOPIC_VANISHED])


class TestShown:
    def test_a_source_whose_reports_list_no_issues_has_no_topics(self, store: Store) -> None:
        with store.read() as unit, pytest.raises(BadRequest, match="list no issues"):
            read_topics(unit, "us-state-irf")

    def test_the_newest_two_editions_are_compared_and_all_are_counted(self, store: Store) -> None:
        hold(store, "2022", naming(3, 20))
        two_editions(store)
        with store.read() as unit:
            view = read_topics(unit, SOURCE)
        assert [each.edition for each in view.editions] == ["2022", "2023", "2024"]
        assert [each.topics.get("corruption", 0) for each in view.editions] == [3, 12, 0]
        (compared,) = view.comparisons
        (gone,) = compared.having(TopicTrendKind.VANISHED)
        assert (gone.topic, gone.before.reports, gone.after.lists) == ("corruption", 12, 20)

    def test_editions_named_are_compared_in_their_order(self, store: Store) -> None:
        hold(store, "2021", naming(9, 20))
        hold(store, "2022", naming(3, 20))
        two_editions(store)
        with store.read() as unit:
            view = read_topics(unit, SOURCE, ["2024", "2021", "2023"])
            alone = read_topics(unit, SOURCE, ["2022"])
            first = read_topics(unit, SOURCE, ["2021"])
        pairs = [(each.before.edition, each.after.edition) for each in view.comparisons]
        assert pairs == [("2021", "2023"), ("2023", "2024")]
        assert [each.edition for each in view.editions] == ["2021", "2023", "2024"]
        assert [each.edition for each in alone.editions] == ["2021", "2022"]
        assert [each.edition for each in first.editions] == ["2021"]
        assert first.comparisons == ()

    def test_an_edition_not_held_is_refused_with_what_is(self, store: Store) -> None:
        hold(store, "2023", naming(3, 20))
        with (
            store.read() as unit,
            pytest.raises(BadRequest, match=r"2031.*stored are 2023.*reportwatch ingest"),
        ):
            read_topics(unit, SOURCE, ["2031"])

    def test_nothing_held_is_nothing_shown(self, store: Store) -> None:
        with store.read() as unit:
            view = read_topics(unit, SOURCE)
        assert (view.editions, view.comparisons, view.topics) == ((), (), ())

    def test_countries_leave_others_out_and_include_their_parts(self, store: Store) -> None:
        hold(store, "2023", {"XAA": ["corruption"], "XAA/isle": ["privacy"], "XBB": ["privacy"]})
        with store.read() as unit:
            whole = read_topics(unit, SOURCE, countries=["XAA"])
            part = read_topics(unit, SOURCE, countries=["XAA/isle"])
        assert whole.editions[0].topics == {"corruption": 1, "privacy": 1}
        assert part.editions[0].topics == {"privacy": 1}
        assert part.title.endswith("(XAA/isle alone)")

    def test_lists_without_topics_count_and_other_reports_stand_beside(self, store: Store) -> None:
        hold(store, "2023", {"XAA": ["corruption"], "XBB": [], "XCC": None})
        with store.read() as unit:
            (counts,) = read_topics(unit, SOURCE).editions
            (lists,) = unit.facts.lists(SOURCE, ["2023"])
        assert (counts.reports, counts.lists, counts.none_reported, counts.unparsed) == (3, 1, 1, 1)
        assert lists.places == {("XAA", ""), ("XBB", ""), ("XCC", "")}

    def test_a_list_that_was_not_read_whole_counts_for_the_topics_it_names(
        self, store: Store
    ) -> None:
        hold(store, "2023", {"XAA": ["corruption"], "XBB": ["privacy"], "XCC+": ["corruption"]})
        with store.read() as unit:
            view = read_topics(unit, SOURCE)
            (counts,) = view.editions
            (lists,) = unit.facts.lists(SOURCE, ["2023"])
            only = read_topics(unit, SOURCE, countries=["XCC"]).editions[0]
        assert (counts.reports, counts.lists, counts.partial) == (3, 2, 1)
        assert counts.figure("corruption") == Figure(2, 3)
        assert counts.figure("privacy") == Figure(1, 2)
        assert counts.figure("exile") == Figure(0, 2)
        assert lists.partial == {("XCC", ""): frozenset({"corruption"})}
        assert only.figure("corruption") == Figure(1, 1)
        document = view.document
        assert (document.editions[0].lists, document.editions[0].partial) == (2, 1)
        (corruption,) = [each for each in document.topics if each.topic == "corruption"]
        assert (corruption.editions[0].reports, corruption.editions[0].lists) == (2, 3)

    def test_reports_that_this_reader_has_not_read_are_said(self, store: Store) -> None:
        hold(store, "2023", naming(3, 4), revision=REVISION - 1)
        hold(store, "2024", naming(3, 4))
        with store.read() as unit:
            assert read_topics(unit, SOURCE).unread == {"2023": 4}

    def test_topics_are_grouped_as_the_taxonomy_has_them(self, store: Store) -> None:
        hold(store, "2023", {"XAA": ["corruption", "privacy", "of_old", "unlawful_killing"]})
        with store.read() as unit:
            view = read_topics(unit, SOURCE)
        assert view.grouped_topics == (
            ("physical_integrity", ("unlawful_killing",)),
            ("civil_liberties", ("privacy",)),
            ("political_rights", ("corruption",)),
            ("", ("of_old",)),
        )

    def test_who_names_a_topic_is_told_in_their_own_words(self, store: Store) -> None:
        hold(store, "2023", {"XBB": ["privacy", "corruption"], "XAA": ["corruption"]})
        with store.read() as unit:
            found = unit.facts.naming(SOURCE, "2023", "corruption")
        assert found == [
            (ReportId(SOURCE, "2023", "XAA"), ("reports of corruption in XAA",)),
            (ReportId(SOURCE, "2023", "XBB"), ("reports of corruption in XBB",)),
        ]

    def test_the_state_of_figures_differs_whenever_one_does(self, store: Store) -> None:
        states = []
        for texts in ({"XAA": ["privacy"]}, {"XAA": ["corruption"]}, {"XBB": ["privacy"]}):
            with store.read() as unit:
                states.append(unit.facts.state(SOURCE))
            hold(store, "2023", texts, now=NOW + timedelta(hours=len(states)))
        with store.read() as unit:
            assert unit.facts.state(SOURCE) == unit.facts.state(SOURCE)
            states.append(unit.facts.state(SOURCE))
        assert len(set(states)) == len(states)


class TestTold:
    def test_a_topic_that_left_an_edition_is_recorded_once_ever(self, store: Store) -> None:
        two_editions(store)
        (change,) = end_run(store)
        assert end_run(store) == []
        assert recorded(store) == [change]
        assert change.report == ReportId(SOURCE, "2024", "")
        assert str(change.report) == f"{SOURCE}/2024"
        assert change.title.startswith("2024 ")
        assert change.summary_line == (
            "“Corruption and lack of transparency” left the issue lists: 12 of 20 in 2023, "
            "0 of 20 in 2024"
        )
        assert change.vanished is not None
        assert change.vanished.named_by == tuple(countries(12))
        assert not change.is_baseline

    @pytest.mark.parametrize(
        "how", [{"is_silent": True}, {"is_baseline": True}, {"newest": "2025"}], ids=str
    )
    def test_what_is_no_news_is_recorded_and_alerts_nobody(
        self, store: Store, how: dict[str, bool]
    ) -> None:
        subscribe(store, "ann@law.example")
        two_editions(store)
        (change,) = end_run(store, **how)
        assert change.is_baseline
        assert told(store) == {}
        assert end_run(store) == []

    def test_it_waits_until_the_edition_is_whole_enough(self, store: Store) -> None:
        hold(store, "2023", naming(12, 30))
        hold(store, "2024", naming(0, 23))
        assert end_run(store) == []
        hold(store, "2024", naming(0, 24))
        assert len(end_run(store)) == 1

    def test_a_topic_in_pages_that_came_late_is_not_said_to_have_left(self, store: Store) -> None:
        hold(store, "2023", naming(12, 20))
        hold(store, "2024", naming(0, 15))
        assert end_run(store) == []
        hold(store, "2024", {country: ["corruption"] for country in countries(5, 15)})
        assert end_run(store) == []

    def test_it_waits_until_every_report_is_read_by_the_same_reader(self, store: Store) -> None:
        hold(store, "2023", naming(12, 20), revision=REVISION - 1)
        hold(store, "2024", naming(0, 20))
        assert end_run(store) == []

    def test_lists_that_cannot_be_read_are_no_reason_to_tell(self, store: Store) -> None:
        hold(store, "2023", naming(12, 20))
        hold(store, "2024", {**naming(0, 20), **dict.fromkeys(countries(3))})
        assert end_run(store) == []

    def test_lists_that_were_not_read_whole_are_said_beside_the_figures(self, store: Store) -> None:
        hold(store, "2023", naming(12, 20))
        hold(store, "2024", {**naming(0, 20), "XZZ+": ["privacy"]})
        (change,) = end_run(store)
        assert change.summary_line.endswith(
            "12 of 20 in 2023, 0 of 20 in 2024 (1 list of 2024 was not read whole)"
        )
        assert recorded(store) == [change]
        assert change.vanished is not None
        assert (change.vanished.partial_before, change.vanished.partial_after) == (0, 1)

    def test_too_many_lists_that_were_not_read_whole_are_no_reason_to_tell(
        self, store: Store
    ) -> None:
        hold(store, "2023", naming(12, 20))
        partial = {f"{country}+": ["privacy"] for country in countries(3, 20)}
        hold(store, "2024", {**naming(0, 20), **partial})
        assert end_run(store) == []

    def test_four_reports_are_too_few(self, store: Store) -> None:
        two_editions(store, before=4)
        assert end_run(store) == []

    def test_who_asked_for_a_country_or_another_topic_is_not_told(self, store: Store) -> None:
        subscribe(store, "all@law.example")
        subscribe(store, "topic@law.example", topics=["corruption"])
        subscribe(store, "kind@law.example", kinds=["topic_vanished"])
        subscribe(store, "country@law.example", countries=["X01"])
        subscribe(store, "other@law.example", topics=["privacy"])
        subscribe(store, "edits@law.example", kinds=["edited"])
        two_editions(store)
        end_run(store)
        assert told(store) == {
            "all@law.example": 1,
            "topic@law.example": 1,
            "kind@law.example": 1,
        }

    def test_topics_of_one_run_are_one_message(self, store: Store) -> None:
        subscribe(store, "ann@law.example")
        hold(store, "2023", {country: ["corruption", "privacy"] for country in countries(20)})
        hold(store, "2024", {country: ["torture_cidt"] for country in countries(20)})
        assert len(end_run(store)) == 2
        with store.write() as unit:
            assert unit.outbox.bind(LATER, 1, "watch.example") == 1
            (message,) = [unit.outbox.load(each) for each in unit.outbox.due(LATER)]
        kinds = [outgoing.change.kind for outgoing in message.changes]
        assert kinds == [ChangeKind.TOPIC_VANISHED] * 2
        assert not message.is_mass
