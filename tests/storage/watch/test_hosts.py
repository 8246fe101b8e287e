"""What hosts were asked, written down by several runs at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from storage.store import Store
from storage.watch.hosts import HostDay

NOW = datetime(2026, 5, 4, 0, 7, tzinfo=UTC)
HOST = "www.example.org"


def test_two_runs_may_be_the_first_of_a_day_to_ask_a_host(store: Store) -> None:
    def ask() -> None:
        with store.write() as unit:
            unit.hosts.note_robots(HOST, "ok", NOW)
            unit.hosts.ask(NOW, {HOST: HostDay(2, 20)})
            unit.commit()

    with store.write() as unit:
        unit.hosts.note_robots(HOST, "none", NOW)
        unit.hosts.ask(NOW, {HOST: HostDay(1, 10)})
        other = threading.Thread(target=ask)
        other.start()
        other.join(0.2)  # it waits for this transaction to end
        unit.commit()
    other.join()
    with store.read() as unit:
        assert unit.hosts.asked_on(NOW) == {HOST: HostDay(3, 30)}
        assert [each.state for each in unit.hosts.robots()] == ["ok"]
