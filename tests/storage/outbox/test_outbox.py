"""Alerts: queued with their change, bound to messages once, and never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from archive import Archive

from reports.notices.states import AlertState
from reports.notices.subscription import Every
from storage.outbox.alerts import AlertView

A, B, C = "There was [torture].", "There was no torture.", "There was [censorship]."
NOW, DAY, WEEK = Every.NOW, Every.DAY, Every.WEEK
ME, LEASE = "1:me", timedelta(minutes=15)


def alerts(archive: Archive, *states: AlertState) -> list[AlertView]:
    with archive.store.read() as unit:
        return unit.alerts.all(states)


def mark(archive: Archive, message: int, state: str, *told: object, by: str = "") -> None:
    with archive.store.write() as unit:
        assert getattr(unit.outbox, state)(message, *told, by=by)
        unit.commit()


def claim(archive: Archive, message: int, worker: str = ME) -> None:
    with archive.store.write() as unit:
        assert unit.outbox.claim(message, worker, archive.now + LEASE)
        unit.commit()


def recover(archive: Archive, *, is_alive: bool) -> int:
    with archive.store.write() as unit:
        found = unit.outbox.recover(archive.now, lambda _: is_alive)
        unit.commit()
    return found


@pytest.fixture
def edited(archive: Archive) -> Archive:
    """One edit that ann@law.example wants to hear of."""
    archive.run(archive.sees(A))
    archive.subscribe()
    archive.run(archive.sees(B))
    return archive


def test_an_alert_is_bound_once_and_its_message_keeps_its_name(edited: Archive) -> None:
    assert edited.bind() == 1
    assert edited.bind() == 0
    (held,) = edited.due()
    with edited.store.read() as unit:
        message = unit.outbox.load(held)
    assert message.message_id.endswith("@watch.example>")
    assert (message.address, message.attempts) == ("ann@law.example", 0)
    ((change, before, after),) = [
        (each.change, each.before, each.after) for each in message.changes
    ]
    assert (change.kind, before.number, after.number) == ("edited", 1, 2)
    assert (before.reading.blocks, after.reading.blocks) == ((A,), (B,))


def test_there_is_one_alert_for_a_change_and_a_recipient(archive: Archive) -> None:
    """However many subscriptions ask for it."""
    archive.run(archive.sees(A))
    archive.subscribe(countries=("XAB",), every=DAY)
    archive.subscribe(kinds=("edited",))
    archive.subscribe(every=WEEK)
    archive.subscribe("bob@court.example")
    archive.run(archive.sees(B))
    assert sorted(archive.alerts()) == [
        ("ann@law.example", "edited"),
        ("bob@court.example", "edited"),
    ]
    assert archive.bind() == 2  # the soonest rhythm wins: both go out at once


def test_an_alert_waits_until_its_run_has_closed(archive: Archive) -> None:
    archive.run(archive.sees(A))
    archive.subscribe()
    archive.run(archive.sees(B), is_open=True)
    assert archive.bind() == 0
    archive.close_run("crashed")
    assert archive.bind() == 1


@pytest.mark.parametrize(
    ("asked", "is_told"),
    [
        ({}, True),
        ({"countries": ("XAB",)}, True),
        ({"countries": ("XAC", "XAB")}, True),
        ({"countries": ("XAC",)}, False),
        ({"sources": ("sample-hrr",)}, True),
        ({"sources": ("us-state-hrr",)}, False),
        ({"kinds": ("edited",)}, True),
        ({"kinds": ("removed",)}, False),
        ({"topics": ("torture",)}, True),
        ({"topics": ("censorship",)}, True),
        ({"topics": ("prisons",)}, False),
        ({"countries": ("XAB",), "topics": ("prisons",)}, False),
    ],
)
def test_a_subscription_is_told_what_it_asks_for(
    archive: Archive, asked: dict[str, tuple[str, ...]], is_told: bool
) -> None:
    archive.run(archive.sees(A))
    archive.subscribe(**asked)
    archive.run(archive.sees(C))
    assert len(archive.alerts()) == is_told


@pytest.mark.parametrize(
    ("countries", "told"),
    [(("XAD",), 2), (("XAD/lower-sarn",), 1), (("XAD/upper-sarn",), 0)],
)
def test_a_country_includes_its_areas(
    archive: Archive, countries: tuple[str, ...], told: int
) -> None:
    archive.subscribe(countries=countries)
    archive.run(archive.sees(A, country="XAD"), archive.sees(B, country="XAD", part="lower-sarn"))
    assert len(archive.alerts()) == told


def test_the_same_subscription_twice_is_one(archive: Archive) -> None:
    first = archive.subscribe(countries=("XAB", "XAC"))
    assert archive.subscribe(countries=("XAC", "XAB")) == first
    assert archive.subscribe(countries=("XAB",)) != first


def test_many_changes_of_one_run_are_one_message(archive: Archive) -> None:
    archive.subscribe()
    countries = ("XAB", "XAC", "XAE", "XAF")
    archive.run(*(archive.sees(A, country=country) for country in countries))
    archive.run(archive.sees(B))
    assert archive.bind(mass_limit=3) == 2
    with archive.store.read() as unit:
        mass, single = (unit.outbox.load(held) for held in archive.due())
    assert (mass.is_mass, len(mass.changes)) == (True, 4)
    assert (single.is_mass, len(single.changes)) == (False, 1)


def test_up_to_the_limit_each_change_has_its_own_message(archive: Archive) -> None:
    archive.subscribe()
    archive.run(*(archive.sees(A, country=country) for country in ("XAB", "XAC", "XAE")))
    assert archive.bind(mass_limit=3) == 3


@pytest.mark.parametrize(
    ("every", "seen", "due"),
    [
        (DAY, datetime(2026, 5, 6, 5, 59, tzinfo=UTC), datetime(2026, 5, 6, 6, tzinfo=UTC)),
        (DAY, datetime(2026, 5, 6, 6, 0, tzinfo=UTC), datetime(2026, 5, 7, 6, tzinfo=UTC)),
        (WEEK, datetime(2026, 5, 6, 9, 0, tzinfo=UTC), datetime(2026, 5, 11, 6, tzinfo=UTC)),
        (WEEK, datetime(2026, 5, 11, 5, 0, tzinfo=UTC), datetime(2026, 5, 11, 6, tzinfo=UTC)),
        (WEEK, datetime(2026, 5, 11, 7, 0, tzinfo=UTC), datetime(2026, 5, 18, 6, tzinfo=UTC)),
    ],
)
def test_a_digest_goes_out_at_its_hour(
    archive: Archive, every: Every, seen: datetime, due: datetime
) -> None:
    archive.run(archive.sees(A), archive.sees(A, country="XAC"))
    archive.subscribe(every=every)
    archive.now = seen
    archive.run(archive.sees(B), archive.sees(B, country="XAC"))
    archive.now = due - timedelta(seconds=1)
    assert archive.bind() == 0
    archive.now = due
    assert archive.bind() == 1
    with archive.store.read() as unit:
        (held,) = unit.outbox.due(due)
        assert len(unit.outbox.load(held).changes) == 2


def test_a_failed_attempt_is_made_again_when_due_under_the_same_name(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    name = alerts(edited)[0].message_id
    claim(edited, held)
    mark(edited, held, "retry", edited.now + timedelta(seconds=30), "greylisted", by=ME)
    (view,) = alerts(edited, AlertState.RETRYING)
    assert (view.attempts, view.last_error, view.message_id) == (1, "greylisted", name)
    assert edited.due() == []
    edited.now += timedelta(seconds=30)
    assert edited.due() == [held]


def test_a_sent_message_is_done_with(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    claim(edited, held)
    mark(edited, held, "sent", edited.now, by=ME)
    assert [each.state for each in alerts(edited)] == [AlertState.SENT]
    edited.now += timedelta(days=9)
    assert (edited.bind(), edited.due()) == (0, [])


def test_a_dead_letter_stays_in_sight_and_can_be_revived(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    claim(edited, held)
    mark(edited, held, "died", "no such user", by=ME)
    assert [each.last_error for each in alerts(edited, AlertState.DEAD)] == ["no such user"]
    assert edited.due() == []
    with edited.store.write() as unit:
        assert unit.alerts.revive(edited.now) == 1
        unit.commit()
    assert edited.due() == [held]
    assert alerts(edited)[0].attempts == 0


def test_what_a_dead_worker_left_claimed_is_sent_again_at_once(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    claim(edited, held)
    assert edited.due() == []
    assert recover(edited, is_alive=False) == 1
    assert edited.due() == [held]


def test_what_a_worker_is_sending_is_left_to_it_until_its_lease_is_over(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    claim(edited, held)
    assert recover(edited, is_alive=True) == 0
    edited.now += LEASE
    assert recover(edited, is_alive=True) == 1
    assert edited.due() == [held]


def test_a_worker_whose_claim_was_taken_over_records_nothing(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    claim(edited, held, "1:slow")
    recover(edited, is_alive=False)
    claim(edited, held, "2:other")
    with edited.store.write() as unit:
        assert not unit.outbox.died(held, "too late", by="1:slow")
        assert unit.outbox.sent(held, edited.now, by="2:other")
        assert not unit.outbox.retry(held, edited.now, "too late", by="1:slow")
        unit.commit()
    assert [each.state for each in alerts(edited)] == [AlertState.SENT]


def test_dead_letters_are_revived_by_alert_and_by_address(archive: Archive) -> None:
    archive.run(archive.sees(A))
    for name in ("ann", "bob", "cy"):
        archive.subscribe(f"{name}@law.example")
    archive.run(archive.sees(B))
    archive.bind()
    for held in archive.due():
        mark(archive, held, "died", "no such user")
    one = next(each for each in alerts(archive) if each.address == "cy@law.example")
    with archive.store.write() as unit:
        assert unit.alerts.revive(archive.now, address="ann@law.example") == 1
        assert unit.alerts.revive(archive.now, [one.alert]) == 1
        unit.commit()
    states = {each.address: each.state for each in alerts(archive)}
    assert states["bob@law.example"] is AlertState.DEAD
    assert len(archive.due()) == 2


def test_what_is_dropped_is_not_sent_and_says_who_did_it(edited: Archive) -> None:
    edited.subscribe("bob@court.example", every=DAY)
    edited.run(edited.sees(A))
    edited.bind()
    waiting = [each.alert for each in alerts(edited)]
    with edited.store.write() as unit:
        assert unit.alerts.drop(waiting, "dropped by the operator") == 3
        unit.commit()
    edited.now += timedelta(days=2)
    assert (edited.bind(), edited.due()) == (0, [])
    assert {each.state for each in alerts(edited)} == {AlertState.DROPPED}


def test_a_dropped_message_says_why(edited: Archive) -> None:
    edited.bind()
    mark(edited, edited.due()[0], "dropped", "nothing to show")
    (view,) = alerts(edited)
    assert (view.state, view.last_error) == (AlertState.DROPPED, "nothing to show")


def test_the_counts_add_up(edited: Archive) -> None:
    edited.subscribe("bob@court.example")
    edited.run(edited.sees(A))
    with edited.store.read() as unit:
        assert unit.outbox.has_due(edited.now)
        assert unit.alerts.counts() == {"due": 3}
    edited.bind()
    mark(edited, edited.due()[0], "sent", edited.now)
    with edited.store.read() as unit:
        assert unit.alerts.counts() == {"due": 2, "sent": 1}


def test_whoever_leaves_takes_what_was_not_sent_along(edited: Archive) -> None:
    edited.subscribe("bob@court.example")
    edited.run(edited.sees(A))
    edited.bind()
    with edited.store.write() as unit:
        assert unit.subscriptions.remove("ann@law.example") == 1
        assert unit.subscriptions.remove("nobody@court.example") == 0
        unit.commit()
    assert [address for address, _ in edited.alerts()] == ["bob@court.example"]
    assert len(edited.due()) == 1


def test_a_message_whose_reader_has_left_cannot_be_claimed(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    with edited.store.write() as unit:
        unit.subscriptions.remove("ann@law.example")
        assert not unit.outbox.claim(held, "1:a", edited.now)


def test_a_message_is_claimed_once(edited: Archive) -> None:
    edited.bind()
    (held,) = edited.due()
    with edited.store.write() as unit:
        assert unit.outbox.claim(held, "1:a", edited.now)
        assert not unit.outbox.claim(held, "2:b", edited.now)
