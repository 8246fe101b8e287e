"""Pulses: the last time each thing was alive, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from archive import START, Archive


def test_a_pulse_keeps_its_latest_beat(archive: Archive) -> None:
    with archive.store.write() as unit:
        assert unit.heartbeats.last("check") is None
        unit.heartbeats.beat("check", START)
        unit.heartbeats.beat("check", START + timedelta(minutes=15))
        unit.heartbeats.beat("other", START)
        unit.commit()
    with archive.store.read() as unit:
        assert unit.heartbeats.last("check") == START + timedelta(minutes=15)
        assert unit.heartbeats.all() == {"check": START + timedelta(minutes=15), "other": START}


def test_a_pulse_that_is_forgotten_is_expected_no_longer(archive: Archive) -> None:
    with archive.store.write() as unit:
        unit.heartbeats.beat("check", START)
        unit.heartbeats.beat("other", START)
        unit.heartbeats.forget("check")
        unit.heartbeats.forget("what was never there")
        unit.commit()
    with archive.store.read() as unit:
        assert unit.heartbeats.all() == {"other": START}
