"""Which readers a change concerns: the index finds whom asking each would."""

from __future__ import annotations

import pytest
from archive import SOURCE, Archive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from reports.notices.importance import Importance
from reports.notices.subscription import Channel, Every, SubscriberState, SubscriptionFilter
from storage.readers.matching import Matcher

A, B = "There was [torture] and more.", "There was no more."


def test_the_soonest_rhythm_of_a_reader_wins_and_each_hears_once(archive: Archive) -> None:
    archive.subscribe("ann@law.example", every=Every.WEEK)
    archive.subscribe("ann@law.example", countries=("XAB",), every=Every.NOW)
    archive.subscribe("ann@law.example", sources=(SOURCE,), every=Every.DAY)
    archive.run(archive.sees(A))
    archive.run(archive.sees(B))
    with archive.store.read() as unit:
        (only,) = [each for each in unit.alerts.all() if "published" not in each.summary_line]
    assert only.due_at == archive.changes()[-1].detected_at


@pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.SET_ASIDE])
def test_an_address_that_may_not_be_written_to_is_told_nothing(
    archive: Archive, state: SubscriberState
) -> None:
    archive.subscribe("ann@law.example")
    with archive.store.write() as unit:
        reader = unit.subscribers.named("ann@law.example")
        unit.subscribers.change(reader.id, state=state.value)
        unit.commit()
    archive.run(archive.sees(A))
    assert archive.alerts() == []


def test_what_quiet_hours_hold_back_comes_as_one_message_when_they_end(archive: Archive) -> None:
    archive.subscribe("ann@law.example")
    with archive.store.write() as unit:
        reader = unit.subscribers.named("ann@law.example")
        unit.subscribers.change(reader.id, quiet_hours="08:00-20:00")
        unit.commit()
    for text in (A, B, A):
        archive.run(archive.sees(text))
    assert archive.bind() == 0
    archive.now = archive.now.replace(hour=20)
    assert archive.bind() == 1


SHARED = HealthCheck.function_scoped_fixture
FILTERS = st.fixed_dictionaries(
    {
        "countries": st.lists(st.sampled_from(["KAZ", "CHN", "CHN/tibet"]), unique=True),
        "regions": st.lists(st.sampled_from(["central-asia", "asia", "europe"]), unique=True),
        "editions": st.lists(st.sampled_from(["2021", "2022"]), unique=True),
        "kinds": st.lists(st.sampled_from(["edited", "removed"]), unique=True),
        "least": st.sampled_from(Importance),
    }
)


@given(filters=st.lists(FILTERS, min_size=1, max_size=6), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_finds_whom_asking_each_would(
    archive: Archive, filters: list[dict[str, object]], data: st.DataObject
) -> None:
    with archive.store.write() as unit:  # nothing is committed: each example has its own readers
        asked = {}
        for number, each in enumerate(filters):
            address = f"reader{number}@law.example"
            asked[address] = unit.subscriptions.add(
                address, Channel.EMAIL, SubscriptionFilter(**each), archive.now
            )
        country, part = data.draw(st.sampled_from([("KAZ", ""), ("CHN", ""), ("CHN", "tibet")]))
        kind = ChangeKind(data.draw(st.sampled_from(["edited", "removed"])))
        name = ReportId("us-state-hrr", "2021", country, part)
        told = Change(1, kind, name, "A report", 1, 2, archive.now)
        ids = {unit.subscribers.named(address).id: one for address, one in asked.items()}
        found = Matcher(unit._connection).matches(told, frozenset())
    assert {each.subscriber_id for each in found} == {
        number for number, one in ids.items() if one.filter.fits(told, frozenset())
    }
