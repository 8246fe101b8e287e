"""Pulses: the last time each thing was alive, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from archive import START, Archive


def test_a_pulse_keeps_its_latest_beat(archive: Archive) -> None:
    with archive.store.write() as unit:
        assert unit.pulses.last("check") is None
        unit.pulses.beat("check", START)
        unit.pulses.beat("check", START + timedelta(minutes=15))
        unit.pulses.beat("other", START)
        unit.commit()
    with archive.store.read() as unit:
        assert unit.pulses.last("check") == START + timedelta(minutes=15)
        assert unit.pulses.all() == {"check": START + timedelta(minutes=15), "other": START}


def test_a_pulse_that_is_forgotten_is_expected_no_longer(archive: Archive) -> None:
    with archive.store.write() as unit:
        unit.pulses.beat("check", START)
        unit.pulses.beat("other", START)
        unit.pulses.forget("check")
        unit.pulses.forget("what was never there")
        unit.commit()
    with archive.store.read() as unit:
        assert unit.pulses.all() == {"other": START}
