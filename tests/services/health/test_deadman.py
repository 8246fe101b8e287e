"""The dead man's switch: asked where all is well, never else, and its address is told to nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from freshness_stage import HOUR, NOBODY, Switch, go_down, planned, switch
from walk_stage import SOURCE, START, Watch

from flows.schedule_notes import note_deployments
from services.health.freshness import check, scheduled_check

SECRET = "/ping/s3cret-path?key=s3cret-query"


@pytest.fixture
def listening() -> Iterator[Switch]:
    with switch() as server:
        yield server


@pytest.fixture(autouse=True)
def _every_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # as flow runs log


def arm(watch: Watch, address: str) -> None:
    watch.set(deadman_url=address, allow_private=True)


def test_it_is_asked_after_every_scheduled_check_that_finds_nothing_wrong(
    watch: Watch, listening: Switch
) -> None:
    arm(watch, listening.origin + SECRET)
    watch.run()
    scheduled_check(watch.parts)
    scheduled_check(watch.parts)
    assert listening.asked == [SECRET, SECRET]


def test_a_check_that_no_schedule_asked_for_does_not_ask_it(
    watch: Watch, listening: Switch
) -> None:
    arm(watch, listening.origin + SECRET)
    check(watch.parts)
    assert listening.asked == []


def test_it_is_not_asked_while_anything_is_wrong(watch: Watch, listening: Switch) -> None:
    arm(watch, listening.origin + SECRET)
    watch.run()
    go_down(watch)
    watch.run()
    scheduled_check(watch.parts)  # the last run came to nothing
    watch.now = START + 49 * HOUR
    scheduled_check(watch.parts)
    assert listening.asked == []


def test_it_is_not_asked_by_a_check_that_is_refused(
    watch: Watch, listening: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runs.run.LOCK_SECONDS", 0)
    arm(watch, listening.origin + SECRET)
    lock = watch.parts.store.lock("check")
    assert lock
    scheduled_check(watch.parts)
    lock.release()
    assert listening.asked == []


def test_a_private_address_is_refused_unless_private_ones_are_allowed(
    watch: Watch, listening: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.set(deadman_url=listening.origin + SECRET)
    assert scheduled_check(watch.parts).findings == ()
    assert listening.asked == []
    assert "REPORTWATCH_ALLOW_PRIVATE" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize(
    ("status", "location", "says", "asked"),
    [
        (404, "", "it answered 404", 2),
        (500, "", "it answered 500", 2),
        (302, SECRET, "its redirects lead back to", 2),
        (302, f"{NOBODY}/s3cret", "cannot be reached", 2),
        (302, "ftp://x/s3cret", "only http and https addresses are fetched", 2),
    ],
)
def test_a_switch_that_fails_is_logged_without_its_path_and_fails_no_check(
    watch: Watch,
    listening: Switch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    location: str,
    says: str,
    asked: int,
) -> None:
    listening.status, listening.location = status, location
    arm(watch, listening.origin + SECRET)
    note_deployments(watch.parts, planned(SOURCE))
    checked = scheduled_check(watch.parts)
    assert (checked.findings, checked.is_refused) == ((), False)
    assert len(listening.asked) == asked
    assert "the dead man's switch at http://127.0.0.1 was not reached" in caplog.text
    assert says in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("address", [f"{NOBODY}{SECRET}", "http://user:s3cret@127.0.0.1/x"])
def test_a_switch_that_cannot_be_asked_is_logged_without_secrets(
    watch: Watch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    arm(watch, address)
    assert scheduled_check(watch.parts).findings == ()
    assert "was not reached" in caplog.text
    assert "s3cret" not in caplog.text


def test_where_none_is_set_none_is_asked(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    scheduled_check(watch.parts)
    assert "dead man" not in caplog.text
